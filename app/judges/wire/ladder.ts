import { isFailure } from '../../failure.ts';

/**
 * Ways of asking for structured answers, best first. A way that the server does not accept for a model leads to the
 * next one; the first that works is remembered for the life of the connection.
 */
export function createLadder<Rung extends string>(rungs: readonly Rung[]) {
  const known = new Map<string, number>();
  return {
    /** The way that is known to work for the model, or the best. */
    rungFor: (model: string): Rung => rungs[known.get(model) ?? 0],
    async climb<T>(model: string, ask: (rung: Rung) => Promise<T>): Promise<{ result: T; rung: Rung }> {
      const proven = known.get(model);
      if (proven !== undefined) return { result: await ask(rungs[proven]), rung: rungs[proven] };
      for (let at = 0; ; at++) {
        try {
          const result = await ask(rungs[at]);
          known.set(model, at);
          return { result, rung: rungs[at] };
        } catch (error) {
          if (at === rungs.length - 1 || !mayBeTheSchema(error)) throw error;
        }
      }
    },
  };
}

function mayBeTheSchema(error: unknown): boolean {
  if (!isFailure(error, 'provider.badRequest', 'provider.server')) return false;
  return [400, 422, 501].includes(Number(error.details['status']));
}
