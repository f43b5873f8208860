import { cpSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openAnalyzer, openUnidentified } from '../../../app/analyzer/open.ts';
import type { Source } from '../../../app/analyzer/source.ts';
import { diskSource } from '../../../main/core/files/disk-source.ts';
import { sha256 } from '../../../main/core/files/sha256.ts';
import { temporaryFolder } from '../../main/core/support/temporary-folder.ts';
import { writeNpy } from './support/write-npy.ts';

const sound = join(import.meta.dirname, '../../fixtures/analyzers/legacy/0.104.9/binary');
const channelCount = 8;
const sampleCount = 75;

/** An analyzer whose waveforms take that many rows; the file has a hole instead of content. */
function withWaveforms(rowCount: number): string {
  const folder = join(temporaryFolder(), 'analyzer');
  cpSync(sound, folder, { recursive: true });
  const file = join(folder, 'extensions/waveforms/waveforms.npy');
  const header = writeNpy({ descr: '<f4', shape: [rowCount, sampleCount, channelCount] }, new Uint8Array(0));
  writeFileSync(file, header);
  truncateSync(file, header.byteLength + rowCount * sampleCount * channelCount * 4);
  return folder;
}

interface Counted {
  readonly source: Source;
  readonly counts: { reads: number; bytes: number };
}

function counted(folder: string): Counted {
  const inner = diskSource(folder);
  const counts = { reads: 0, bytes: 0 };
  const count = <Bytes extends Uint8Array | undefined>(bytes: Bytes): Bytes => {
    counts.reads += 1;
    counts.bytes += bytes?.byteLength ?? 0;
    return bytes;
  };
  const source: Source = {
    name: inner.name,
    get: async (key, options) => count(await inner.get(key, options)),
    getRange: async (key, offset, length, options) => count(await inner.getRange(key, offset, length, options)),
    size: (key) => inner.size(key),
    list: (key) => inner.list(key),
    close: async () => inner.close?.(),
  };
  return { source, counts };
}

const bytesPerRow = sampleCount * channelCount * 4;
const small = Math.ceil((20 * 2 ** 20) / bytesPerRow);
const large = Math.ceil((20 * 2 ** 30) / bytesPerRow);

describe('opening an analyzer of 20 GB', () => {
  test('reads what opening one of 20 MB reads', async () => {
    const folders = [withWaveforms(small), withWaveforms(large)];
    expect(statSync(join(folders[1], 'extensions/waveforms/waveforms.npy')).size).toBeGreaterThan(20 * 2 ** 30);
    const costs = [];
    for (const folder of folders) {
      const { source, counts } = counted(folder);
      const view = await openUnidentified(source);
      expect(view.unitIds.length).toBeGreaterThan(0);
      costs.push({ ...counts });
      await view.close();
    }
    expect(costs[1]).toEqual(costs[0]);
    expect(costs[1].bytes).toBeLessThan(2 ** 18);
  });

  test('costs no more memory, with or without its fingerprint', async () => {
    const folder = withWaveforms(large);
    const { source, counts } = counted(folder);
    const before = process.memoryUsage().arrayBuffers;
    const view = await openAnalyzer(source, { sha256 });
    expect(view.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 25);
    expect(counts.bytes).toBeLessThan(2 ** 24);
    await view.close();
  });
});
