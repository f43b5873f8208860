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
import { rowOf } from '../sessions/group-list.ts';
import { around, countsOf, insideOf, looked, markOf, pointsOf } from '../sessions/group-looks.ts';
import { withAnalyzer, withGroup } from '../sessions/session-access.ts';

function meaningsFor(view: AnalyzerView): Answer<'group.meanings'>['numbers'] {
  return (evidenceNumbers as readonly EvidenceNumber[]).map((number) => {
    const { id, title, unit, definition, source, reading, digits } = number;
    return { id, title, unit, definition, source, reading, digits, missing: missingFor(view, number) };
  });
}

const usualCount = 200;

export function groupHandlers(core: Core): HandlersOf<'group'> {
  return {
    'group.list': ({ sessionId, view = {}, from = 0, count = usualCount, numbers = [] }) => {
      const { list, order, blind } = looked(core, sessionId, view);
      const places = [...order.places.slice(from, from + count)];
      const groups = places.map((place) => rowOf(core.tables, list, list.groups[place], { blind, numbers }));
      return { groups, from, total: order.places.length, counts: countsOf(list) };
    },
    'group.around': ({ sessionId, view = {}, groupId }) => around(core, sessionId, view, groupId),
    'group.choose': ({ sessionId, change, groupIds, view, outline }) => {
      const { list, order, blind } = looked(core, sessionId, view ?? {});
      const fits = outline ? insideOf(list, outline, blind) : () => true;
      const ofView = () => [...order.places].map((place) => list.groups[place]).filter(fits);
      list.choose(groupIds ?? ofView().map((group) => group.groupId), change);
      core.emit('choice.changed', { sessionId });
      return { chosen: list.chosen.size };
    },
    'group.points': ({ sessionId, view = {}, x, y }) => {
      const { list, order, blind } = looked(core, sessionId, view);
      return pointsOf(list, order, { x, y, blind });
    },
    'group.marks': ({ sessionId, view = {}, x, y }) => {
      const { list, order, blind } = looked(core, sessionId, view);
      const { places, order: name } = pointsOf(list, order, { x, y, blind });
      return { marks: Uint8Array.from(places, (at) => markOf(list, list.groups[order.places[at]])), order: name };
    },
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
    'group.measure': ({ sessionId }, { signal, progress }) =>
      withAnalyzer(
        core,
        sessionId,
        async (view, session) => {
          const at = { folder: session.folder, view };
          const { groups } = core.lists.of(sessionId);
          const values = await numbersOfGroups(
            core,
            at,
            groups.map(({ units }) => units),
            { signal, progress },
          );
          const ofGroup = new Map(groups.map(({ groupId }, index) => [groupId, values[index]]));
          const ids = evidenceNumbers.map(({ id }) => id);
          // What came onto the list meanwhile is measured the next time.
          core.lists.of(sessionId).keepNumbers(ids, ({ groupId }) => ofGroup.get(groupId));
          return { measured: groups.length };
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
