import { isObtainable } from '../analyzer/compute/obtainable.ts';
import type { ReadOptions } from '../analyzer/source.ts';
import type { AnalyzerView } from '../analyzer/view.ts';
import { Failure, throwIfCancelled } from '../failure.ts';
import type { EvidenceNumber, UnitPair } from './number.ts';
import { evidenceNumbers } from './registry.ts';
import { unlessMissing } from './unless-missing.ts';

/**
 * Every number about a pair by id; `null` where it can't be said (too few spikes, an extension that is missing or damaged).
 * `only` limits it to some ids. Throws `analyzer.unknownUnit` for positions that don't exist, `cancelled`.
 */
export async function measurePair(
  view: AnalyzerView,
  pair: UnitPair,
  options?: ReadOptions & { readonly only?: readonly string[] | undefined },
): Promise<Record<string, number | null>> {
  const ordered = orderedPair(view, pair);
  const values: Record<string, number | null> = {};
  for (const number of evidenceNumbers as readonly EvidenceNumber[]) {
    if (options?.only && !options.only.includes(number.id)) continue;
    throwIfCancelled(options?.signal);
    values[number.id] = await say(number, view, ordered, options);
  }
  return values;
}

async function say(number: EvidenceNumber, view: AnalyzerView, pair: UnitPair, options?: ReadOptions): Promise<number | null> {
  if (missingFor(view, number).length > 0) return null;
  const value = await unlessMissing(() => number.compute(view, pair, options));
  return value !== undefined && Number.isFinite(value) ? value : null;
}

function orderedPair(view: AnalyzerView, pair: UnitPair): UnitPair {
  const count = view.unitIds.length;
  for (const unit of [pair.first, pair.second]) {
    if (!(Number.isInteger(unit) && unit >= 0 && unit < count)) {
      throw new Failure('analyzer.unknownUnit', `There is no unit at position ${unit}; the analyzer has ${count} units.`, {
        position: unit,
      });
    }
  }
  if (pair.first === pair.second) {
    throw new Failure('usage', `A pair needs two different units, not ${String(view.unitIds[pair.first])} twice.`, {
      position: pair.first,
    });
  }
  return { first: Math.min(pair.first, pair.second), second: Math.max(pair.first, pair.second) };
}

/** Extensions a number needs that are neither stored nor computable from what is. */
export function missingFor(view: AnalyzerView, number: EvidenceNumber): string[] {
  return number.needs.filter((extension) => !isObtainable(view, extension));
}
