import type { AnalyzerView } from '../../../app/analyzer/view.ts';
import type { Answer, HandlersOf } from '../../../app/contract/calls.ts';
import { ifMerged } from '../../../app/evidence/if-merged.ts';
import { measurePair, missingFor } from '../../../app/evidence/measure.ts';
import type { EvidenceNumber } from '../../../app/evidence/number.ts';
import { evidenceNumbers } from '../../../app/evidence/registry.ts';
import { numbersVersion } from '../../../app/evidence/version.ts';
import type { Core } from '../core.ts';
import { groupLabels } from '../group-labels.ts';
import { numbersOfGroups } from '../searching/numbers-of-groups.ts';
import { groupRows } from '../sessions/group-rows.ts';
import { sessionOf, withAnalyzer, withGroup } from '../sessions/session-access.ts';

function meaningsFor(view: AnalyzerView): Answer<'group.meanings'>['numbers'] {
  return (evidenceNumbers as readonly EvidenceNumber[]).map((number) => {
    const { id, title, unit, definition, source, reading, digits } = number;
    return { id, title, unit, definition, source, reading, digits, missing: missingFor(view, number) };
  });
}

export function groupHandlers(core: Core): HandlersOf<'group'> {
  return {
    'group.list': ({ sessionId }) => ({ groups: groupRows(core, sessionOf(core, sessionId).sessionId) }),
    'group.evidence': ({ groupId }, { signal, progress }) =>
      withGroup(
        core,
        groupId,
        async (view, { units }) => {
          const labels = groupLabels(units.length);
          const pairs = units.flatMap((_, a) => units.slice(a + 1).map((_, offset) => [a, a + 1 + offset] as const));
          const measured = [];
          for (const [index, [a, b]] of pairs.entries()) {
            progress(index, pairs.length, `${labels[a]} and ${labels[b]}`);
            const [first, second] = [view.indexOf(units[a]), view.indexOf(units[b])];
            const values = await measurePair(view, { first, second }, { signal });
            const pair: { units: [(typeof units)[0], (typeof units)[0]]; labels: [string, string]; values: typeof values } = {
              units: [units[a], units[b]],
              labels: [labels[a], labels[b]],
              values,
            };
            measured.push(pair);
          }
          return { pairs: measured, numbers: meaningsFor(view) };
        },
        { signal },
      ),
    'group.meanings': ({ sessionId }, { signal }) =>
      withAnalyzer(core, sessionId, async (view) => ({ numbers: meaningsFor(view) }), { signal }),
    'group.numbers': ({ sessionId }, { signal, progress }) =>
      withAnalyzer(
        core,
        sessionId,
        async (view, session) => {
          const listed = core.tables.groups.listed(sessionId);
          const at = { folder: session.folder, view };
          const values = await numbersOfGroups(
            core,
            at,
            listed.map(({ units }) => units),
            { signal, progress },
          );
          const groups = listed.map(({ groupId }, index) => ({ groupId, values: { ...values[index] } }));
          return { groups };
        },
        { signal },
      ),
    'group.distributions': ({ sessionId }, { signal, progress }) =>
      withAnalyzer(
        core,
        sessionId,
        async (view, session) => {
          const { measuredNumbers } = core.tables;
          const stored = measuredNumbers.distributions(view.fingerprint, numbersVersion);
          if (stored !== undefined) return stored as Answer<'group.distributions'>;
          const { nearPairCount, sampledCount, numbers } = await core.searcher.ask(
            'distributions',
            { folder: session.folder, view },
            {},
            { signal, progress },
          );
          const answer = {
            nearPairCount,
            sampledCount,
            numbers: numbers.map(({ id, count, quantiles }) => ({ id, count, quantiles: [...quantiles] })),
          };
          measuredNumbers.putDistributions(view.fingerprint, numbersVersion, answer);
          return answer;
        },
        { signal },
      ),
    'group.ifMerged': ({ groupId, censorMs }, { signal }) =>
      withGroup(
        core,
        groupId,
        async (view, { units }) => {
          const begin = performance.now();
          const positions = units.map((unit) => view.indexOf(unit));
          const merged = await ifMerged(view, positions, { censorMs, signal });
          const { template, autocorrelogram, amplitudes, channels } = merged;
          return {
            censorMs,
            before: merged.before.map((unit) => ({ ...unit })),
            after: merged.after,
            duplicateCount: merged.duplicateCount,
            channels: { ...channels, perUnit: [...channels.perUnit] },
            ...(template
              ? {
                  template: {
                    channels: template.channels.map((channel) => view.channelIds[channel]),
                    sampleMs: template.sampleMs,
                    units: template.units.map((rows) => [...rows]),
                    merged: [...template.merged],
                  },
                }
              : {}),
            autocorrelogram: { ...autocorrelogram, units: [...autocorrelogram.units] },
            ...(amplitudes ? { amplitudes: amplitudes.map((one) => ({ ...one })) } : {}),
            inMicrovolts: view.summary.returnInUv,
            durationS: view.durationS,
            ms: performance.now() - begin,
          };
        },
        { signal },
      ),
  };
}
