import { Failure } from '../failure.ts';
import type { StoredSpikes } from './stored-analyzer.ts';
import type { SpikeColumns } from './view.ts';

/**
 * Checks stored spikes (units and segments exist, time order within segments) and groups their rows by unit.
 * Throws `analyzer.damaged` naming the file.
 */
export function spikeColumns(stored: StoredSpikes, unitCount: number, segmentCount: number, file: string): SpikeColumns {
  const { sampleIndex, unitIndex, segmentIndex } = stored;
  const count = sampleIndex.length;
  const offsets = new Int32Array(unitCount + 1);
  for (let row = 0; row < count; row += 1) {
    const unit = unitIndex[row];
    const segment = segmentIndex[row];
    if (!(unit < unitCount)) throw outside(file, 'unit_index', unit, unitCount);
    if (!(segment < segmentCount)) throw outside(file, 'segment_index', segment, segmentCount);
    if (!Number.isSafeInteger(sampleIndex[row])) throw outside(file, 'sample_index', sampleIndex[row], 2 ** 53);
    if (row > 0) {
      const step = segment - segmentIndex[row - 1] || sampleIndex[row] - sampleIndex[row - 1];
      if (!(step >= 0)) {
        throw new Failure('analyzer.damaged', `${file} isn't in time order (row ${row}). Save the analyzer again from SpikeInterface.`, {
          file,
          row,
        });
      }
    }
    offsets[unit + 1] += 1;
  }
  for (let unit = 0; unit < unitCount; unit += 1) offsets[unit + 1] += offsets[unit];
  const rows = new Int32Array(count);
  const next = offsets.slice(0, unitCount);
  for (let row = 0; row < count; row += 1) {
    const unit = unitIndex[row];
    rows[next[unit]] = row;
    next[unit] += 1;
  }
  return { count, sampleIndex, unitIndex, segmentIndex, rows, offsets };
}

/** How many spikes a unit has. */
export function spikeCountAt({ offsets }: SpikeColumns, unit: number): number {
  return offsets[unit + 1] - offsets[unit];
}

function outside(file: string, field: string, value: number, limit: number): Failure {
  return new Failure(
    'analyzer.damaged',
    `${file} has ${field} ${value}, but only 0 to ${limit - 1} exist. Save the analyzer again from SpikeInterface.`,
    {
      file,
      field,
      value: String(value),
    },
  );
}
