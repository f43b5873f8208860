import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openAnalyzer } from '../../../app/analyzer/open.ts';
import type { IdentifiedAnalyzer, UnitId } from '../../../app/analyzer/view.ts';
import { diskSource } from '../../../main/core/files/disk-source.ts';
import { sha256 } from '../../../main/core/files/sha256.ts';

const root = join(import.meta.dirname, '../../..');
const expectedFolder = join(root, 'test/fixtures/expected');

/** Folders of the reference analyzers by the name of their expected file. */
const folders: Readonly<Record<string, string>> = {
  splits: 'assets/demo/splits',
  tutorial: 'test/fixtures/analyzers/tutorial',
  multisegment: 'test/fixtures/analyzers/multisegment',
  'with-recording': 'test/fixtures/analyzers/with-recording/analyzer',
  ...Object.fromEntries(
    ['0.101.2', '0.102.3', '0.103.2', '0.104.9'].flatMap((version) =>
      ['binary', 'analyzer.zarr'].map((form) => [`legacy-${version}-${form}`, `test/fixtures/analyzers/legacy/${version}/${form}`]),
    ),
  ),
};

export const referenceNames = Object.keys(folders);

/** One `compute_merge_unit_groups` call as SpikeInterface 0.105.3 answered it. */
export interface ExpectedRun {
  readonly steps: readonly string[];
  readonly steps_params: Record<string, Record<string, unknown>>;
  readonly pairs?: readonly (readonly UnitId[])[];
  readonly groups?: readonly (readonly UnitId[])[];
  readonly after_each_step?: readonly { step: string; num_pairs: number; pairs: readonly (readonly UnitId[])[] | string }[];
  readonly outs?: Record<string, unknown>;
  readonly error?: string | null;
}

export interface ExpectedPair {
  readonly pair: readonly UnitId[];
  readonly presence_distance: number;
  readonly with_C1_from_rp_violation?: { readonly cross_contamination: number; readonly p_value: number };
  readonly slay?: { readonly M: number; readonly rho: number; readonly eta: number };
}

export interface Expected {
  readonly unit_ids: readonly UnitId[];
  readonly candidates: Record<string, ExpectedRun>;
  readonly similarity?: Record<string, unknown>;
  readonly correlograms?: Record<string, Record<string, unknown>>;
  readonly pair_numbers?: {
    readonly units: Record<string, { contamination: number; rp_violations: number }>;
    readonly pairs: readonly ExpectedPair[];
  };
}

export function openReference(name: string): Promise<IdentifiedAnalyzer> {
  return openAnalyzer(diskSource(join(root, folders[name])), { sha256 });
}

export function expectedOf(name: string): Expected {
  return JSON.parse(readFileSync(join(expectedFolder, `${name}.json`), 'utf8')) as Expected;
}

export function expectedFile<Content>(name: string): Content {
  return JSON.parse(readFileSync(join(expectedFolder, name), 'utf8')) as Content;
}

export function groundTruth(): {
  true_pairs: { pair: number[]; kind: string }[];
  look_alike_pairs: { pairs: number[][] }[];
  unit_to_cell: Record<string, number>;
} {
  return JSON.parse(readFileSync(join(root, 'assets/demo/ground_truth.json'), 'utf8'));
}

/** Numbers of an expected value, in row-major order: a list in place (with "NaN" and infinities as words) or a `.npy` file. */
export function expectedNumbers(value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap((item) => expectedNumbers(item));
  if (typeof value === 'object' && value !== null && 'npy' in value) return readNpy(join(expectedFolder, String(value.npy)));
  return [Number(value)];
}

function readNpy(path: string): number[] {
  const bytes = readFileSync(path);
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.subarray(10, start).toString();
  const descr = /'descr': '([^']+)'/.exec(header)?.[1];
  const data = new Uint8Array(bytes.subarray(start)).buffer;
  if (descr === '<f8') return [...new Float64Array(data)];
  if (descr === '<f4') return [...new Float32Array(data)];
  if (descr === '<i4') return [...new Int32Array(data)];
  if (descr === '<i8') return [...new BigInt64Array(data)].map(Number);
  if (descr === '|b1') return [...new Uint8Array(data)];
  throw new Error(`${path}: unexpected ${descr}`);
}

/** First place where two lists differ by more than 1e-5 relative and a little absolute, in words; `undefined` where they agree. */
export function firstDifference(actual: ArrayLike<number>, expected: readonly number[], absolute = 1e-9): string | undefined {
  if (actual.length !== expected.length) return `length ${actual.length}, expected ${expected.length}`;
  for (let place = 0; place < expected.length; place += 1) {
    const [a, b] = [actual[place], expected[place]];
    const same = Object.is(a, b) || a === b || Math.abs(a - b) <= absolute + 1e-5 * Math.abs(b);
    if (!same) return `at ${place}: ${a}, expected ${b}`;
  }
  return undefined;
}
