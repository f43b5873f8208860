import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ExtensionData, ExtensionId } from '../../../../app/analyzer/extensions/data.ts';
import { openAnalyzer } from '../../../../app/analyzer/open.ts';
import type { IdentifiedAnalyzer } from '../../../../app/analyzer/view.ts';
import { findCandidates } from '../../../../app/candidates/run.ts';
import { type ComputeRequest, computeExtensions } from '../../../../main/core/compute/compute-extensions.ts';
import { createComputedStore } from '../../../../main/core/compute/computed-store.ts';
import { diskSource } from '../../../../main/core/files/disk-source.ts';
import { sha256 } from '../../../../main/core/files/sha256.ts';
import { expectedFile, expectedNumbers, expectedOf, firstDifference } from '../../../app/support/reference.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const withRecording = join(root, 'test', 'fixtures', 'analyzers', 'with-recording');
const fixture = (name: string) => join(root, 'test', 'fixtures', 'analyzers', name);

interface Traced {
  readonly computed_from_traces: Record<string, { readonly params: Record<string, unknown>; readonly data: Record<string, unknown> }>;
}

const expected = () => expectedFile<Traced>('with-recording.json').computed_from_traces;

interface Room {
  readonly storeFolder: string;
  open(): Promise<IdentifiedAnalyzer>;
  compute(extensions: readonly string[], more?: Partial<ComputeRequest>, signal?: AbortSignal): ReturnType<typeof computeExtensions>;
}

async function room(analyzerFolder: string): Promise<Room> {
  const storeFolder = join(temporaryFolder(), 'computed');
  const store = createComputedStore(storeFolder);
  const open = () => openAnalyzer(diskSource(analyzerFolder), { sha256, computed: store.sourceFor });
  const first = await open();
  const fingerprint = first.sourceFingerprint;
  await first.close();
  return {
    storeFolder,
    open,
    compute: (extensions, more = {}, signal = undefined) =>
      computeExtensions(
        { analyzerFolder, storeFolder, fingerprint, extensions, params: {}, recordingFolder: undefined, ...more },
        { signal },
      ),
  };
}

/** The analyzer and its recording, as copies a test may move and change. */
function movable(): { analyzer: string; recording: string; folder: string } {
  const folder = temporaryFolder();
  cpSync(withRecording, folder, { recursive: true });
  return { folder, analyzer: join(folder, 'analyzer'), recording: join(folder, 'recording') };
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return (readdirSync(folder, { recursive: true, withFileTypes: true }) as { parentPath: string; name: string; isFile(): boolean }[])
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function contentOf(folder: string): string {
  const hash = createHash('sha256');
  for (const file of filesBelow(folder).sort()) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}

const everything = [
  'waveforms',
  'templates',
  'noise_levels',
  'correlograms',
  'isi_histograms',
  'unit_locations',
  'spike_amplitudes',
  'spike_locations',
  'principal_components',
  'template_similarity',
  'quality_metrics',
];
const asExpected = { waveforms: { ms_before: 0.8, ms_after: 1 }, principal_components: { n_components: 3 } };

async function computedOnce(): Promise<IdentifiedAnalyzer> {
  const there = await room(join(withRecording, 'analyzer'));
  await there.compute(everything, { params: asExpected });
  return there.open();
}

describe('extensions computed from a recording', () => {
  it('are what SpikeInterface computes from it', async () => {
    const before = contentOf(withRecording);
    const view = await computedOnce();
    const data = expected();
    const numbers = (extension: string, name: string) => expectedNumbers(data[extension].data[name]);
    const get = <Id extends ExtensionId>(id: Id): Promise<ExtensionData[Id]> => view.extension(id);

    const templates = await get('templates');
    expect(firstDifference(templates.average, numbers('templates', 'average'), 1e-3)).toBeUndefined();
    expect(firstDifference(templates.std as Float64Array, numbers('templates', 'std'), 1e-4)).toBeUndefined();
    expect(firstDifference((await get('noise_levels')).noiseLevels, numbers('noise_levels', 'noise_levels'), 0)).toBeUndefined();
    const correlograms = await get('correlograms');
    expect([...correlograms.ccgs]).toEqual(numbers('correlograms', 'ccgs'));
    expect([...correlograms.edgesMs]).toEqual(numbers('correlograms', 'bins'));
    const intervals = await get('isi_histograms');
    expect([...intervals.histograms]).toEqual(numbers('isi_histograms', 'isi_histograms'));
    expect([...intervals.edgesMs]).toEqual(numbers('isi_histograms', 'bins'));
    const places = await get('unit_locations');
    expect(places.dimensionCount).toBe(3);
    expect(firstDifference(places.locationsUm, numbers('unit_locations', 'unit_locations'), 1e-3)).toBeUndefined();
    expect([...(await get('spike_amplitudes')).amplitudes]).toEqual(numbers('spike_amplitudes', 'amplitudes'));
    const spikePlaces = data['spike_locations'].data['spike_locations'] as { x: unknown; y: unknown };
    const { xUm, yUm } = await get('spike_locations');
    expect(firstDifference(xUm, expectedNumbers(spikePlaces.x), 1e-5)).toBeUndefined();
    expect(firstDifference(yUm, expectedNumbers(spikePlaces.y), 1e-5)).toBeUndefined();
    const { similarity } = await get('template_similarity');
    expect(firstDifference(similarity, numbers('template_similarity', 'similarity'), 1e-6)).toBeUndefined();
    await view.close();
    expect(contentOf(withRecording)).toBe(before);
  });

  it('lead every preset and step to the pairs and numbers that SpikeInterface comes to from that recording', async () => {
    const there = await room(join(withRecording, 'analyzer'));
    await there.compute(everything);
    const view = await there.open();
    const ids = (pairs: readonly (readonly number[])[]) => pairs.map((pair) => pair.map((unit) => view.unitIds[unit]));
    const runs = Object.entries(expectedOf('with-recording').candidates);
    expect(runs.length).toBeGreaterThan(10);
    for (const [name, { steps, steps_params: params, pairs, groups, after_each_step: afterEach, outs }] of runs) {
      const found = await findCandidates(view, { steps, params, resolveGraph: true }, { now: () => 0, largeOutputs: true });
      expect(ids(found.pairs), name).toEqual(pairs);
      expect(ids(found.groups), name).toEqual(groups);
      expect(
        found.steps.map(({ id, out }) => [id, out]),
        name,
      ).toEqual(afterEach?.map(({ step, num_pairs: out }) => [step, out]));
      for (const [output, value] of Object.entries(outs ?? {})) {
        // Extensions computed here agree with SpikeInterface's to single precision, and so do the numbers that rest on them.
        const numbers = output === 'cross_contaminations' ? (value as { estimate: unknown }).estimate : value;
        const actual =
          output === 'pairs_decreased_score' ? [...found.outputs[output]].map((unit) => Number(view.unitIds[unit])) : found.outputs[output];
        expect(firstDifference(actual, expectedNumbers(numbers), 1e-3), `${name}: ${output}`).toBeUndefined();
      }
    }
    await view.close();
  });

  it('hold the waveforms of the spikes that were chosen, sample for sample', async () => {
    const view = await computedOnce();
    const stored = expectedNumbers(expected()['waveforms'].data['waveforms']);
    const { unitIndex } = await view.spikes();
    const { rows } = await view.extension('random_spikes');
    const waveforms = await view.extension('waveforms');
    const rowSize = waveforms.sampleCount * view.channelIds.length;
    for (let unit = 0; unit < view.unitIds.length; unit += 1) {
      const { values } = await waveforms.ofUnit(unit);
      const own = [...rows.keys()].filter((position) => unitIndex[rows[position]] === unit);
      const theirs = own.flatMap((position) => stored.slice(position * rowSize, (position + 1) * rowSize));
      expect([...values]).toEqual(theirs);
    }
    await view.close();
  });

  it('have principal components that agree up to sign', async () => {
    const view = await computedOnce();
    const stored = expectedNumbers(expected()['principal_components'].data['pca_projection']);
    const components = await view.extension('principal_components');
    const { unitIndex } = await view.spikes();
    const { rows } = await view.extension('random_spikes');
    const [count, width] = [components.componentCount, view.channelIds.length];
    expect(count).toBe(3);
    const ours = new Float64Array(stored.length);
    for (let unit = 0; unit < view.unitIds.length; unit += 1) {
      const { values } = await components.ofUnit(unit);
      const own = [...rows.keys()].filter((position) => unitIndex[rows[position]] === unit);
      for (const [at, position] of own.entries()) {
        ours.set(values.subarray(at * count * width, (at + 1) * count * width), position * count * width);
      }
    }
    for (let cell = 0; cell < count * width; cell += 1) {
      let together = 0;
      for (let row = 0; row < rows.length; row += 1) together += ours[row * count * width + cell] * stored[row * count * width + cell];
      const sign = Math.sign(together);
      for (let row = 0; row < rows.length; row += 1) {
        const at = row * count * width + cell;
        expect(Math.abs(sign * ours[at] - stored[at])).toBeLessThan(1e-4);
      }
    }
    await view.close();
  });

  it('include the quality metrics that merging uses', async () => {
    const view = await computedOnce();
    const stored = expected()['quality_metrics'].data['metrics'] as Record<string, Record<string, number | string>>;
    const { columns, values } = await view.extension('quality_metrics');
    expect(columns).toEqual(Object.keys(stored['0']));
    for (const column of columns) {
      const theirs = view.unitIds.map((id) => Number(stored[String(id)][column]));
      expect(firstDifference(values[column], theirs, 0), column).toBeUndefined();
    }
    await view.close();
  });

  it('choose the very spikes that SpikeInterface chooses with the same seed', async () => {
    const analyzer = join(temporaryFolder(), 'analyzer');
    cpSync(join(withRecording, 'analyzer'), analyzer, { recursive: true });
    rmSync(join(analyzer, 'extensions'), { recursive: true });
    const there = await room(analyzer);
    await there.compute(['random_spikes'], { params: { random_spikes: { max_spikes_per_unit: 100, seed: 0 } } });
    const original = await openAnalyzer(diskSource(join(withRecording, 'analyzer')), { sha256 });
    const view = await there.open();
    expect([...(await view.extension('random_spikes')).rows]).toEqual([...(await original.extension('random_spikes')).rows]);
  });
});

describe('extensions computed from spikes alone', () => {
  interface Stored {
    readonly correlograms: Record<string, Record<string, unknown>>;
    readonly similarity: Record<string, unknown>;
  }

  it.each(['tutorial', 'multisegment'])('count %s as SpikeInterface does, at three windows', async (name) => {
    const stored = expectedFile<Stored>(`${name}.json`);
    const windows = Object.keys(stored.correlograms).filter((window) => /^\d/.test(window));
    expect(windows.length).toBeGreaterThanOrEqual(3);
    const bare = join(temporaryFolder(), name);
    cpSync(fixture(name), bare, { recursive: true });
    for (const extension of ['correlograms', 'isi_histograms', 'template_similarity']) {
      rmSync(join(bare, 'extensions', extension), { recursive: true, force: true });
    }
    const there = await room(bare);
    for (const window of windows) {
      const [window_ms, bin_ms] = window.replaceAll('ms', '').split('/').map(Number);
      await there.compute(['correlograms', 'isi_histograms'], {
        params: { correlograms: { window_ms, bin_ms }, isi_histograms: { window_ms, bin_ms } },
      });
      const view = await there.open();
      const { ccgs, edgesMs } = await view.extension('correlograms');
      expect([...ccgs]).toEqual(expectedNumbers(stored.correlograms[window]['ccgs']));
      expect(firstDifference(edgesMs, expectedNumbers(stored.correlograms[window]['bins_ms']))).toBeUndefined();
      await view.close();
    }
    const isi = stored.correlograms['isi 50ms/1ms'];
    await there.compute(['isi_histograms']);
    const intervals = await (await there.open()).extension('isi_histograms');
    expect([...intervals.histograms]).toEqual(expectedNumbers(isi['histograms']));
    expect(firstDifference(intervals.edgesMs, expectedNumbers(isi['bins_ms']))).toBeUndefined();
  });

  const variants = { default: {}, 'lag0.2ms': { max_lag_ms: 0.2 }, dense: { support: 'dense' }, intersection: { support: 'intersection' } };
  const methods = ['l1', 'l2', 'cosine'] as const;
  const choices = methods.flatMap((method) => Object.entries(variants).map(([variant, more]) => ({ method, variant, more })));

  it.each(choices)('compare templates by $method, $variant, as SpikeInterface does', async ({ method, variant, more }) => {
    const stored = expectedFile<Stored>('tutorial.json');
    const there = await room(fixture('tutorial'));
    await there.compute(['template_similarity'], { params: { template_similarity: { method, ...more } } });
    const view = await there.open();
    const { similarity } = await view.extension('template_similarity');
    expect(firstDifference(similarity, expectedNumbers(stored.similarity[`${method}/${variant}`]), 1e-6)).toBeUndefined();
    await view.close();
  });
});

describe('the recording', () => {
  const changeProvenance = (analyzer: string, change: (value: Record<string, unknown>) => void): void => {
    const file = join(analyzer, 'recording.json');
    const value = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    change(value);
    writeFileSync(file, JSON.stringify(value));
  };

  it('that would first have to be filtered is refused by name, never approximated', async () => {
    const { analyzer } = movable();
    changeProvenance(analyzer, (value) => {
      value['kwargs'] = { recording: { ...value }, freq_min: 300 };
      value['class'] = 'spikeinterface.preprocessing.filter.BandpassFilterRecording';
    });
    const there = await room(analyzer);
    await expect(there.compute(['templates'])).rejects.toMatchObject({
      kind: 'analyzer.unsupported',
      message: expect.stringContaining('BandpassFilterRecording'),
    });
    expect(filesBelow(there.storeFolder)).toEqual([]);
  });

  it('is found again where it was moved with the analyzer, and elsewhere once located', async () => {
    const { analyzer, recording, folder } = movable();
    const away = join(folder, 'elsewhere');
    renameSync(recording, away);
    const there = await room(analyzer);
    await expect(there.compute(['noise_levels'])).rejects.toMatchObject({ kind: 'input.notFound' });
    const [done] = await there.compute(['noise_levels'], { recordingFolder: away });
    expect(done.name).toBe('noise_levels');
    await expect(there.compute(['noise_levels'], { recordingFolder: analyzer })).rejects.toMatchObject({ kind: 'input.invalid' });
  });

  it('given as raw files is read where they are, and in another folder once located', async () => {
    const { analyzer, recording, folder } = movable();
    changeProvenance(analyzer, (value) => {
      const saved = JSON.parse(readFileSync(join(recording, 'binary.json'), 'utf8')) as Record<string, unknown>;
      value['class'] = saved['class'];
      value['kwargs'] = { ...(saved['kwargs'] as object), file_paths: ['../recording/traces_cached_seg0.raw'] };
    });
    const there = await room(analyzer);
    await there.compute(['noise_levels']);
    const wanted = expectedNumbers(expected()['noise_levels'].data['noise_levels']);
    const view = await there.open();
    expect(firstDifference((await view.extension('noise_levels')).noiseLevels, wanted, 0)).toBeUndefined();
    await view.close();
    const away = join(folder, 'raw');
    mkdirSync(away);
    renameSync(join(recording, 'traces_cached_seg0.raw'), join(away, 'traces_cached_seg0.raw'));
    await expect(there.compute(['noise_levels'])).rejects.toMatchObject({ kind: 'input.notFound' });
    await there.compute(['noise_levels'], { recordingFolder: away });
  });

  it('of another length, rate or channel count is refused with what differs', async () => {
    const { analyzer, recording } = movable();
    const there = await room(analyzer);
    const raw = join(recording, 'traces_cached_seg0.raw');
    truncateSync(raw, 16 * 299_999);
    await expect(there.compute(['noise_levels'])).rejects.toMatchObject({
      kind: 'input.invalid',
      message: expect.stringContaining('299999 samples in segment 0'),
    });
    const file = join(recording, 'binary.json');
    const binary = readFileSync(file, 'utf8');
    writeFileSync(file, binary.replace('"sampling_frequency": 30000.0', '"sampling_frequency": 25000.0'));
    await expect(there.compute(['noise_levels'])).rejects.toMatchObject({ message: expect.stringContaining('25000 Hz') });
    writeFileSync(
      file,
      binary.replace('"num_channels": 8', '"num_channels": 4').replace(/"channel_ids": \[[^\]]*\]/, '"channel_ids": null'),
    );
    await expect(there.compute(['noise_levels'])).rejects.toMatchObject({ message: expect.stringContaining('4 channels') });
    expect(filesBelow(there.storeFolder)).toEqual([]);
  });

  it('that can’t be had leaves what needs no traces', async () => {
    const there = await room(fixture('tutorial'));
    await expect(there.compute(['noise_levels'])).rejects.toMatchObject({ kind: 'input.notFound' });
    const done = await there.compute(['isi_histograms', 'unit_locations', 'template_similarity']);
    expect(done.map(({ name }) => name)).toEqual(['template_similarity', 'unit_locations', 'isi_histograms']);
  });
});

describe('computing', () => {
  it('cancelled at any moment leaves nothing half-written behind', async () => {
    const { analyzer } = movable();
    for (const afterMs of [0, 5, 20, 60]) {
      const there = await room(analyzer);
      const stop = new AbortController();
      const timer = setTimeout(() => stop.abort(), afterMs);
      const failure = await there.compute(everything, {}, stop.signal).then(
        () => undefined,
        (error: { kind: string }) => error.kind,
      );
      clearTimeout(timer);
      expect(failure).toBe('cancelled');
      const left = filesBelow(there.storeFolder);
      expect(left.filter((file) => /incoming|partial/.test(file))).toEqual([]);
      const view = await there.open();
      for (const { name, problem } of view.summary.extensions) expect(problem, name).toBeUndefined();
      await view.close();
    }
  });

  it('does what is needed first, in order, and never replaces what the analyzer has', async () => {
    const there = await room(join(withRecording, 'analyzer'));
    const done = await there.compute(['spike_amplitudes']);
    expect(done.map(({ name }) => name)).toEqual(['templates', 'spike_amplitudes']);
    await expect(there.compute(['random_spikes'])).rejects.toMatchObject({ kind: 'input.invalid' });
    await expect(there.compute(['acgs_3d'])).rejects.toMatchObject({ kind: 'analyzer.unsupported' });
  });

  it('changes the fingerprint, not what a session belongs to, and outdates what rested on the earlier values', async () => {
    const there = await room(join(withRecording, 'analyzer'));
    const bare = await there.open();
    await there.compute(['templates', 'template_similarity']);
    const first = await there.open();
    expect(first.sourceFingerprint).toBe(bare.fingerprint);
    expect(first.fingerprint).not.toBe(bare.fingerprint);
    await there.compute(['templates'], { params: { templates: { ms_before: 0.5, ms_after: 0.5 } } });
    const second = await there.open();
    expect(second.fingerprint).not.toBe(first.fingerprint);
    expect(second.has('template_similarity')).toBe(false);
    for (const view of [bare, first, second]) await view.close();
  });

  it('refuses parameters SpikeInterface does not have, naming the field', async () => {
    const there = await room(join(withRecording, 'analyzer'));
    const params = { waveforms: { ms_befor: 1 } };
    await expect(there.compute(['waveforms'], { params })).rejects.toMatchObject({
      kind: 'input.invalid',
      details: { field: 'waveforms' },
    });
    await expect(there.compute(['waveforms'], { params: { pca: {} } })).rejects.toMatchObject({ kind: 'input.invalid' });
  });
});
