import type { HandlersOf } from '../../../app/contract/calls.ts';
import { Failure } from '../../../app/failure.ts';
import type { Core } from '../core.ts';
import { groupOf } from '../sessions/session-access.ts';

export function verdictHandlers(core: Core): HandlersOf<'verdict'> {
  const { tables } = core;
  return {
    'verdict.ofGroup': ({ groupId }) => ({
      verdicts: tables.verdicts.ofGroup(groupOf(core, groupId).groupId).map(({ batchId, cells, ...verdict }) => ({
        ...verdict,
        features: [...verdict.features],
        pictures: [...verdict.pictures],
        votes: verdict.votes.map(({ verdict: vote, order, cached }) => ({ verdict: vote, order: [...order], cached })),
        ...(batchId === null ? {} : { batchId }),
        ...(cells === undefined ? {} : { cells: cells.map((cell) => [...cell]) }),
      })),
    }),
    'verdict.raw': ({ verdictId }) => {
      const raw = tables.verdicts.raw(verdictId);
      if (!raw) throw new Failure('input.notFound', 'There is no such verdict in this data folder.', { verdictId });
      return raw;
    },
  };
}
