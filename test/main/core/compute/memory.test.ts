import { cpSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { int64Bytes } from '../../../../app/analyzer/npy-bytes.ts';
import { openAnalyzer } from '../../../../app/analyzer/open.ts';
import { computeExtensions } from '../../../../main/core/compute/compute-extensions.ts';
import { createComputedStore } from '../../../../main/core/compute/computed-store.ts';
import { diskSource } from '../../../../main/core/files/disk-source.ts';
import { sha256 } from '../../../../main/core/files/sha256.ts';
import { writeNpy } from '../../../app/analyzer/support/write-npy.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const withRecording = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'analyzers', 'with-recording');
const spikeFields = "[('sample_index', '<i8'), ('unit_index', '<i8'), ('segment_index', '<i8')]";
const unitCount = 4;
const channelCount = 8;

interface Spread {
  readonly spikeCount: number;
  /** Samples from one spike to the next. */
  readonly apart: number;
}

/** The analyzer with other spikes and a recording that is as long as they need; its file has a hole instead of content. */
function spread({ spikeCount, apart }: Spread): { analyzer: string; raw: string } {
  const folder = temporaryFolder();
  cpSync(withRecording, folder, { recursive: true });
  const analyzer = join(folder, 'analyzer');
  const raw = join(folder, 'recording', 'traces_cached_seg0.raw');
  const sampleCount = spikeCount * apart;
  truncateSync(raw, sampleCount * channelCount * 2);
  const attributes = join(analyzer, 'recording_info', 'recording_attributes.json');
  const value = JSON.parse(readFileSync(attributes, 'utf8')) as Record<string, unknown>;
  writeFileSync(attributes, JSON.stringify({ ...value, num_samples: [sampleCount] }));
  const spikes = Array.from({ length: spikeCount }, (_, spike) => [spike * apart, spike % unitCount, 0]).flat();
  writeFileSync(join(analyzer, 'sorting', 'spikes.npy'), writeNpy({ descr: spikeFields, shape: [spikeCount] }, int64Bytes(spikes)));
  const chosen = int64Bytes([...Array(spikeCount).keys()]);
  writeFileSync(
    join(analyzer, 'extensions', 'random_spikes', 'random_spikes_indices.npy'),
    writeNpy({ descr: '<i8', shape: [spikeCount] }, chosen),
  );
  return { analyzer, raw };
}

/** The most that buffers took while computing, above what they took before, in bytes. */
async function peakOf(analyzerFolder: string, extensions: readonly string[]): Promise<number> {
  const storeFolder = join(temporaryFolder(), 'computed');
  const open = () => openAnalyzer(diskSource(analyzerFolder), { sha256, computed: createComputedStore(storeFolder).sourceFor });
  const first = await open();
  const before = process.memoryUsage().arrayBuffers;
  let most = before;
  const look = () => {
    most = Math.max(most, process.memoryUsage().arrayBuffers);
  };
  const timer = setInterval(look, 1);
  const done = await computeExtensions(
    { analyzerFolder, storeFolder, fingerprint: first.sourceFingerprint, extensions, params: {}, recordingFolder: undefined },
    { progress: look },
  );
  clearInterval(timer);
  expect(done.map(({ name }) => name).sort()).toEqual([...extensions].sort());
  const view = await open();
  for (const name of extensions) expect(view.has(name)).toBe(true);
  await view.close();
  await first.close();
  return most - before;
}

describe('computing extensions', () => {
  it('of a recording of 20 GB takes less memory than a five-hundredth of it', async () => {
    const { analyzer, raw } = spread({ spikeCount: 2000, apart: 700_000 });
    expect(statSync(raw).size).toBeGreaterThan(20 * 2 ** 30);
    const extensions = ['noise_levels', 'waveforms', 'templates', 'spike_amplitudes', 'spike_locations'];
    expect(await peakOf(analyzer, extensions)).toBeLessThan(2 ** 25);
  });

  it('from a recording that is read whole takes what a stretch of it takes', async () => {
    const { analyzer, raw } = spread({ spikeCount: 20_000, apart: 1500 });
    expect(statSync(raw).size).toBeGreaterThan(400 * 2 ** 20);
    expect(await peakOf(analyzer, ['templates', 'spike_amplitudes', 'spike_locations'])).toBeLessThan(2 ** 25);
  });

  it.each([
    { extension: 'templates', spikeCount: 72_000, limit: 2 ** 25 },
    { extension: 'principal_components', spikeCount: 72_000, limit: 2 ** 27 },
  ])('$extension from waveforms takes less than they take', async ({ extension, spikeCount, limit }) => {
    const { analyzer } = spread({ spikeCount, apart: 10 });
    const waveforms = join(analyzer, 'extensions', 'waveforms');
    mkdirSync(waveforms);
    writeFileSync(join(waveforms, 'params.json'), JSON.stringify({ ms_before: 1, ms_after: 2, dtype: 'float32' }));
    writeFileSync(join(waveforms, 'run_info.json'), JSON.stringify({ run_completed: true, runtime_s: 1 }));
    const header = writeNpy({ descr: '<f4', shape: [spikeCount, 90, channelCount] }, new Uint8Array(0));
    writeFileSync(join(waveforms, 'waveforms.npy'), header);
    const byteLength = spikeCount * 90 * channelCount * 4;
    truncateSync(join(waveforms, 'waveforms.npy'), header.byteLength + byteLength);
    expect(byteLength).toBeGreaterThan(1.5 * limit);
    expect(await peakOf(analyzer, [extension])).toBeLessThan(limit);
  });
});
