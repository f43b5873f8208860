import type { IdentifiedAnalyzer, UnitId } from '../../../app/analyzer/view.ts';
import type { CallContext } from '../../../app/contract/calls.ts';
import { numbersVersion } from '../../../app/evidence/version.ts';
import type { Core } from '../core.ts';
import type { Numbers } from '../db/tables/measured-numbers.ts';

const chunk = 100;

/**
 * Measures pairs beside the core and keeps their numbers, each hundred in one transaction, so that a cancelled measurement goes
 * on where it was. By the pair's name, see `nameOfPair`. Throws as `measurePair`.
 */
export async function measurePairs(
  core: Pick<Core, 'tables' | 'searcher'>,
  at: { readonly folder: string; readonly view: IdentifiedAnalyzer },
  pairs: readonly (readonly [UnitId, UnitId])[],
  { signal, progress }: Partial<Pick<CallContext, 'signal' | 'progress'>> = {},
): Promise<Map<string, Numbers>> {
  const { measuredNumbers, atOnceUnflushed } = core.tables;
  const { view } = at;
  const numbers = new Map<string, Numbers>();
  for (let start = 0; start < pairs.length; start += chunk) {
    const some = pairs.slice(start, start + chunk);
    const measured = await core.searcher.ask(
      'measure',
      at,
      { pairs: some.map(([first, second]): [number, number] => [view.indexOf(first), view.indexOf(second)]) },
      { signal, progress: progress && ((done, _, what) => progress(start + done, pairs.length, what)) },
    );
    atOnceUnflushed(() => {
      for (const [index, pair] of some.entries()) {
        const name = nameOfPair(pair);
        measuredNumbers.putPair(view.fingerprint, numbersVersion, name, measured[index]);
        numbers.set(name, measured[index]);
      }
    });
  }
  return numbers;
}

/** Under this its numbers are kept. 12 and "12" are different ids. */
export function nameOfPair(pair: readonly [UnitId, UnitId]): string {
  return JSON.stringify(pair);
}
