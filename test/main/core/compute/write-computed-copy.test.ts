import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openAnalyzer } from '../../../../app/analyzer/open.ts';
import { writeComputedCopy } from '../../../../main/core/compute/write-computed-copy.ts';
import { diskSource } from '../../../../main/core/files/disk-source.ts';
import { sha256 } from '../../../../main/core/files/sha256.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const fixture = (name: string) => join(root, 'test', 'fixtures', 'analyzers', name);
const source = join(fixture('with-recording'), 'analyzer');

it('writes all of the source, what was computed, and a link that still finds the recording', async () => {
  const folder = temporaryFolder();
  cpSync(fixture('with-recording'), folder, { recursive: true });
  const targetFolder = join(folder, 'deeper', 'copy');
  const { computed, dropped } = await writeComputedCopy({
    analyzerFolder: join(folder, 'analyzer'),
    targetFolder,
    extensions: ['spike_amplitudes'],
  });
  expect(computed.map(({ name }) => name)).toEqual(['templates', 'spike_amplitudes']);
  expect(dropped).toEqual([]);
  for (const file of ['settings.json', 'sparsity_mask.npy', 'sorting/spikes.npy', 'sorting/properties/gt_unit_locations.npy']) {
    expect(readFileSync(join(targetFolder, file)).equals(readFileSync(join(source, file))), file).toBe(true);
  }
  const link = JSON.parse(readFileSync(join(targetFolder, 'recording.json'), 'utf8')) as { kwargs: { folder_path: string } };
  expect(link.kwargs.folder_path).toBe('../../recording');
  const view = await openAnalyzer(diskSource(targetFolder), { sha256 });
  expect(view.summary.extensions.map(({ name }) => name).sort()).toEqual(['random_spikes', 'spike_amplitudes', 'templates']);
  await view.close();
  // The copy's own link is followed when more is computed from it.
  const second = await writeComputedCopy({
    analyzerFolder: targetFolder,
    targetFolder: join(folder, 'second'),
    extensions: ['noise_levels'],
  });
  expect(second.computed.map(({ name }) => name)).toEqual(['noise_levels']);
});

it('turns a zarr analyzer into a folder with everything it had', async () => {
  const targetFolder = join(temporaryFolder(), 'copy');
  const { notes } = await writeComputedCopy({
    analyzerFolder: join(fixture('legacy'), '0.102.3', 'analyzer.zarr'),
    targetFolder,
    extensions: ['auto_correlograms'],
  });
  expect(notes.length).toBeGreaterThan(0);
  const view = await openAnalyzer(diskSource(targetFolder), { sha256 });
  for (const name of ['auto_correlograms', 'quality_metrics', 'waveforms', 'template_similarity']) expect(view.has(name), name).toBe(true);
  await view.close();
});

it('leaves nothing beside or inside where it fails, is cancelled, or the name is taken', async () => {
  const folder = temporaryFolder();
  const copy = (extensions: string[], signal?: AbortSignal, name = 'copy') =>
    writeComputedCopy({ analyzerFolder: source, targetFolder: join(folder, name), extensions }, { signal });
  await expect(copy(['acgs_3d'])).rejects.toMatchObject({ kind: 'analyzer.unsupported' });
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 20);
  await expect(copy(['noise_levels', 'principal_components'], stop.signal)).rejects.toMatchObject({ kind: 'cancelled' });
  expect(readdirSync(folder)).toEqual([]);
  await copy(['isi_histograms']);
  await expect(copy(['isi_histograms'])).rejects.toMatchObject({ kind: 'output.exists' });
  await expect(
    writeComputedCopy({ analyzerFolder: source, targetFolder: join(source, 'inside'), extensions: ['isi_histograms'] }),
  ).rejects.toMatchObject({ kind: 'output.failed' });
  expect(readdirSync(folder)).toEqual(['copy']);
  expect(existsSync(join(source, 'inside'))).toBe(false);
});
