import { join } from 'node:path';
import type { HandlersOf } from '../../../app/contract/calls.ts';
import { overlapRefusal } from '../../../app/curation/merged-units.ts';
import { mergePlan, requireChoices } from '../../../app/curation/plan.ts';
import { Failure } from '../../../app/failure.ts';
import { decidedGroups, resultRows } from '../applying/decided-groups.ts';
import { writeOutput } from '../applying/write-output.ts';
import type { Core } from '../core.ts';
import { shortened } from '../files/grants.ts';
import { withAnalyzer } from '../sessions/session-access.ts';

export function applyHandlers(core: Core): Omit<HandlersOf<'apply'>, 'apply.reveal'> {
  return {
    'apply.plan': ({ sessionId, source, conflicts, sparsityOverlap, newIdStrategy, newUnitIds }, { signal }) =>
      withAnalyzer(
        core,
        sessionId,
        async (view) => {
          const plan = mergePlan(view.unitIds, decidedGroups(core, sessionId), { source, choices: conflicts, newIdStrategy, newUnitIds });
          const refusals = plan.merges.map(
            ({ units }) =>
              overlapRefusal(
                view,
                units.map((id) => view.indexOf(id)),
                sparsityOverlap ?? 0,
              )?.message,
          );
          return { ...plan, warnings: [...plan.warnings, ...refusals.filter((message) => message !== undefined)] };
        },
        { signal },
      ),
    'apply.write': (input, { signal, progress }) => {
      const { sessionId, source, grant, folderName, conflicts, write, newIdStrategy, newUnitIds } = input;
      const targetFolder = join(core.grants.folder(grant, 'output'), plainName(folderName));
      return withAnalyzer(
        core,
        sessionId,
        async (view, session) => {
          const begin = performance.now();
          const plan = mergePlan(view.unitIds, decidedGroups(core, sessionId), { source, choices: conflicts, newIdStrategy, newUnitIds });
          requireChoices(plan, conflicts);
          if ((write.analyzer || write.phyFolder === true || write.applyScript === true) && plan.merges.length === 0)
            throw new Failure('merge.impossible', 'No group is accepted, so a merged analyzer would be a mere copy. Accept a group first.');
          const { merges } = plan;
          const rows = resultRows(core, sessionId);
          const output = await writeOutput({
            view,
            sourceFolder: session.folder,
            targetFolder,
            merges,
            write,
            rows,
            format: input.format,
            sparsityOverlap: input.sparsityOverlap,
            censorMs: input.censorMs,
            computed: core.computedStore.sourceFor(view.sourceFingerprint),
            signal,
            progress,
          });
          core.tables.atOnce(() => {
            const { files, merged } = output;
            core.tables.appliedOutputs.add({ sessionId, source, path: output.folder, files, merged, unitCount: output.unitIds.length });
            core.tables.sessions.touch(sessionId);
          });
          core.emit('session.changed', { sessionId });
          return {
            display: shortened(output.folder),
            unitCount: output.unitIds.length,
            mergedCount: output.merged.length,
            merged: output.merged.map(({ newUnitId, units }) => ({ newUnitId, units: [...units] })),
            files: [...output.files],
            dropped: [...output.dropped],
            notes: [...output.notes],
            ms: performance.now() - begin,
          };
        },
        { signal },
      );
    },
  };
}

/** A name for one folder below the granted one; throws `input.invalid`. */
function plainName(name: string): string {
  const trimmed = name.trim();
  const refused = [...trimmed].some((letter) => letter < ' ' || '/\\<>:"|?*'.includes(letter));
  const unusable = refused || trimmed === '' || /[. ]$/.test(trimmed);
  if (unusable)
    throw new Failure(
      'input.invalid',
      `“${trimmed.slice(0, 100)}” can’t be the name of a folder. Use letters, digits, spaces, “-” and “_”.`,
      {
        field: 'folderName',
      },
    );
  return trimmed;
}
