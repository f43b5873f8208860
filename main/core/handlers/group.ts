import type { HandlersOf } from '../../../app/contract/calls.ts';
import { measurePair, missingFor } from '../../../app/evidence/measure.ts';
import { evidenceNumbers } from '../../../app/evidence/registry.ts';
import type { Core } from '../core.ts';
import { groupLabels } from '../group-labels.ts';
import { groupRows } from '../sessions/group-rows.ts';
import { sessionOf, withGroup } from '../sessions/session-access.ts';

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
          const numbers = evidenceNumbers.map((number) => {
            const { id, title, unit, definition, source, reading, digits } = number;
            return { id, title, unit, definition, source, reading, digits, missing: missingFor(view, number) };
          });
          return { pairs: measured, numbers };
        },
        { signal },
      ),
  };
}
