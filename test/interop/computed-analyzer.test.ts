import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeComputedCopy } from '../../main/core/compute/write-computed-copy.ts';
import { askSpikeInterface } from './spikeinterface.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'samecell-computed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Params = Record<string, Record<string, unknown>>;

interface Task {
  readonly name: string;
  readonly source: string;
  readonly written: string;
  readonly extensions: Params;
}

interface Held {
  readonly problems: readonly string[];
  readonly extensions: Record<string, Record<string, { worst: number; scale: number; kind: 'exact' | 'float' }>>;
}

const metrics = [
  'num_spikes',
  'firing_rate',
  'presence_ratio',
  'snr',
  'isi_violation',
  'rp_violation',
  'amplitude_cutoff',
  'amplitude_median',
];
const fromTraces: Params = {
  noise_levels: { random_slices_kwargs: { seed: 0 } },
  waveforms: { ms_before: 0.8, ms_after: 1.2 },
  templates: {},
  template_similarity: { method: 'l1', max_lag_ms: 0.1 },
  unit_locations: {},
  spike_amplitudes: {},
  spike_locations: {},
  principal_components: { n_components: 3 },
  correlograms: { window_ms: 40, bin_ms: 0.5 },
  auto_correlograms: {},
  isi_histograms: {},
  quality_metrics: { metric_names: metrics },
};
const fromTemplates: Params = {
  template_similarity: { method: 'l2', support: 'dense' },
  unit_locations: { method: 'grid_convolution' },
  principal_components: { mode: 'by_channel_global', n_components: 4, whiten: false },
  correlograms: {},
  auto_correlograms: { window_ms: 30, bin_ms: 0.3 },
  isi_histograms: { window_ms: 20, bin_ms: 0.5 },
  quality_metrics: { metric_names: metrics },
};

/** A copy of an analyzer without the extensions that are to be computed. */
function stripped(source: string, name: string, extensions: Params): string {
  const copy = join(folder, name);
  cpSync(source, copy, { recursive: true });
  for (const extension of Object.keys(extensions)) rmSync(join(copy, 'extensions', extension), { recursive: true, force: true });
  return copy;
}

let tasks: Task[] = [];
let held: Held[] = [];

beforeAll(async () => {
  const made = await askSpikeInterface<Record<string, { analyzer: string; recording: string }>>('make_recorded.py', { folder });
  const splits = join(root, 'assets', 'demo', 'splits');
  cpSync(join(root, 'test', 'fixtures', 'analyzers', 'with-recording'), join(folder, 'with-recording'), { recursive: true });
  const straight = { templates: { ms_before: 0.7, ms_after: 1.3 }, spike_amplitudes: {}, unit_locations: { method: 'center_of_mass' } };
  const plans: Omit<Task, 'written'>[] = [
    { name: 'with-recording', source: join(folder, 'with-recording', 'analyzer'), extensions: fromTraces },
    { name: 'templates straight from traces', source: join(folder, 'with-recording', 'analyzer'), extensions: straight },
    { name: 'splits', source: stripped(splits, 'splits', fromTemplates), extensions: fromTemplates },
    ...Object.entries(made).map(([name, { analyzer }]) => ({
      name,
      source: analyzer,
      extensions: { random_spikes: { seed: 0 }, ...fromTraces },
    })),
  ];
  tasks = plans.map((plan, index) => ({ ...plan, written: join(folder, 'written', String(index)) }));
  for (const { source, written, extensions } of tasks) {
    const params = extensions;
    await writeComputedCopy({ analyzerFolder: source, targetFolder: written, extensions: Object.keys(extensions), params });
  }
  held = await askSpikeInterface<Held[]>(
    'hold_computed.py',
    tasks.map(({ source, written, extensions }) => ({ source, written, extensions })),
  );
});

/** Relative to the largest value of the array; looser where SpikeInterface itself computes in single precision. */
const bounds: Record<string, number> = { unit_locations: 1e-3, principal_components: 3e-4, templates: 5e-5 };

describe('copies with computed extensions', () => {
  it.each(['with-recording', 'templates straight from traces', 'splits', 'dense-counts', 'sparse-float'])(
    'are loaded by SpikeInterface with the values it computes itself: %s',
    (name) => {
      const index = tasks.findIndex((task) => task.name === name);
      const { problems, extensions } = held[index];
      expect(problems).toEqual([]);
      expect(Object.keys(extensions).sort()).toEqual(Object.keys(tasks[index].extensions).sort());
      for (const [extension, data] of Object.entries(extensions)) {
        for (const [key, { worst, scale, kind }] of Object.entries(data)) {
          const bound = kind === 'exact' ? 0 : (bounds[extension] ?? 1e-5) * Math.max(scale, 1e-6);
          expect(worst, `${extension}.${key}`).toBeLessThanOrEqual(bound);
        }
      }
    },
  );
});
