import type { HandlersOf } from '../../../app/contract/calls.ts';
import { evidenceNumbers } from '../../../app/evidence/registry.ts';
import { Failure } from '../../../app/failure.ts';
import { plotFeatures } from '../../../app/plots/registry.ts';
import type { Core } from '../core.ts';
import { groupLabels } from '../group-labels.ts';
import { pictureWhereDrawable } from '../judging/drawable-pictures.ts';
import { numbersOfGroup } from '../judging/group-numbers.ts';
import { ownLibrary } from '../judging/plan-run.ts';
import { withGroup } from '../sessions/session-access.ts';

export function libraryHandlers(core: Core): HandlersOf<'library'> {
  const { tables, emit } = core;
  return {
    'library.list': ({ library }) => ({
      examples: tables.examples.active(library).map((example) => ({
        exampleId: example.exampleId,
        library: example.library,
        label: example.label,
        why: example.why,
        units: [...example.units],
        analyzerName: example.analyzerName,
        createdAt: example.createdAt,
        pictures: [...example.pictures],
        numbers: example.numbers,
      })),
      numbers: evidenceNumbers.map(({ id, title, unit, definition, digits }) => ({ id, title, unit, definition, digits })),
    }),
    'library.add': ({ groupId, label, why, library = ownLibrary }, { signal, progress }) =>
      withGroup(
        core,
        groupId,
        async (view, group, session) => {
          const { units } = group;
          const labels = groupLabels(units.length);
          const pictures: { feature: string; sha256: string }[] = [];
          for (const [index, feature] of plotFeatures.entries()) {
            progress(index, plotFeatures.length, feature.title);
            const picture = await pictureWhereDrawable(core, view, units, feature, { signal });
            if (picture) pictures.push({ feature: feature.id, sha256: picture.sha256 });
          }
          if (pictures.length === 0)
            throw new Failure(
              'analyzer.missingExtension',
              'None of the pictures can be drawn from this analyzer, so there is nothing to keep.',
            );
          const numbers = await numbersOfGroup(core, { folder: session.folder, view }, units, labels, { signal });
          const { analyzerId, analyzerName, fingerprint, sessionId } = session;
          const exampleId = tables.atOnce(() => {
            // Marked anew: the latest word counts.
            tables.examples.retireOfGroup(groupId, library);
            return tables.examples.add({
              library,
              label,
              why,
              units,
              labels,
              numbers,
              groupId,
              fingerprint,
              analyzerId,
              analyzerName,
              pictures,
            });
          });
          emit('library.changed', {});
          emit('groups.changed', { sessionId, groupIds: [groupId] });
          return { exampleId };
        },
        { signal },
      ),
    'library.retire': ({ exampleId }) => {
      const example = tables.examples.byId(exampleId);
      if (!example) throw new Failure('input.notFound', 'There is no such example in this data folder.', { exampleId });
      tables.examples.retire(exampleId);
      emit('library.changed', {});
      const group = tables.groups.byId(example.groupId);
      if (group) emit('groups.changed', { sessionId: group.sessionId, groupIds: [group.groupId] });
      return {};
    },
  };
}
