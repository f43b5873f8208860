import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { correlogramBins, correlogramOfPair } from '../../../../app/analyzer/compute/correlograms.ts';
import { unitRefractoriness } from '../../../../app/analyzer/compute/refractory.ts';
import { unitTrains } from '../../../../app/analyzer/compute/unit-trains.ts';
import { openAnalyzer } from '../../../../app/analyzer/open.ts';
import { inOneStep } from '../../../../app/analyzer/sink.ts';
import type { UnitId } from '../../../../app/analyzer/view.ts';
import { folderWriter } from '../../../../app/analyzer/writing/folder-writer.ts';
import { zarrWriter } from '../../../../app/analyzer/writing/zarr-writer.ts';
import { mergeAnalyzer } from '../../../../app/curation/merge-analyzer.ts';
import { ifMerged } from '../../../../app/evidence/if-merged.ts';
import { diskSink } from '../../../../main/core/files/disk-sink.ts';
import { diskSource } from '../../../../main/core/files/disk-source.ts';
import { sha256 } from '../../../../main/core/files/sha256.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'samecell-if-merged-'));
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

const splits = 'assets/demo/splits';
const multisegment = 'test/fixtures/analyzers/multisegment';
const periods = { refractoryPeriodMs: 1, censoredPeriodMs: 0.3 };

interface Case {
  readonly source: string;
  readonly form: 'binary_folder' | 'zarr';
  readonly censorMs: number;
  readonly groups: readonly (readonly UnitId[])[];
}

const cases: readonly Case[] = [
  {
    source: splits,
    form: 'binary_folder',
    censorMs: 0,
    groups: [
      [0, 38],
      [1, 22, 32],
    ],
  },
  {
    source: splits,
    form: 'zarr',
    censorMs: 0.3,
    groups: [
      [5, 29],
      [16, 28, 10, 26],
    ],
  },
  {
    source: splits,
    form: 'binary_folder',
    censorMs: 2,
    groups: [
      [7, 19],
      [0, 5, 11, 12, 13, 14, 24, 29],
    ],
  },
  {
    source: multisegment,
    form: 'binary_folder',
    censorMs: 0.5,
    groups: [
      ['A1', 'b-2'],
      ['étoile', 'unit 3', 'A1 bis'],
    ],
  },
];

const writers = { binary_folder: folderWriter, zarr: zarrWriter } as const;

for (const { source, form, censorMs, groups } of cases) {
  const name = `${source.split('/').at(-1)} as ${form} with censor_ms ${censorMs}`;
  it(`what merging would make is what the written analyzer holds: ${name}`, async () => {
    const view = await openAnalyzer(diskSource(source), { sha256 });
    const previews = [];
    for (const units of groups) {
      const positions = units.map((unit) => view.indexOf(unit));
      const preview = await ifMerged(view, positions, { censorMs });
      expect(await ifMerged(view, positions.toReversed(), { censorMs })).toMatchObject({
        after: preview.after,
        channels: { common: preview.channels.common },
      });
      previews.push(preview);
    }
    const written = join(home, 'merged');
    const sink = await diskSink(written);
    await inOneStep(sink, () => mergeAnalyzer(view, diskSource(source), groups, { sink, censorMs, writer: writers[form] }));
    await view.close();

    const merged = await openAnalyzer(diskSource(written), { sha256 });
    const trains = await unitTrains(merged);
    const bins = correlogramBins(50, 1, merged.samplingFrequencyHz);
    const { average, sampleCount } = await merged.extension('templates');
    const channelCount = merged.channelIds.length;
    for (const [index, preview] of previews.entries()) {
      const unit = merged.unitIds.length - previews.length + index;
      const { violations, contamination, spikeCount } = unitRefractoriness(trains, unit, periods, merged.samplingFrequencyHz);
      expect(preview.after).toMatchObject({ violations, spikeCount });
      expect(preview.after.contamination).toBe(Number.isNaN(contamination) ? null : contamination);
      expect(preview.after.firingRateHz).toBeCloseTo(spikeCount / merged.durationS, 12);
      expect(preview.duplicateCount).toBe(preview.before.reduce((sum, before) => sum + before.spikeCount, 0) - spikeCount);
      expect(preview.autocorrelogram.merged).toEqual(correlogramOfPair(trains, unit, unit, bins));
      const isActive = (channel: number) => !merged.sparsity || merged.sparsity.mask[unit * channelCount + channel] === 1;
      expect(preview.channels.common).toBe(Array.from({ length: channelCount }, (_, channel) => channel).filter(isActive).length);
      if (!preview.template) throw new Error('These analyzers have templates.');
      expect(preview.template.channels.length).toBeGreaterThan(0);
      for (const [row, channel] of preview.template.channels.entries()) {
        expect(isActive(channel)).toBe(true);
        for (let sample = 0; sample < sampleCount; sample += 1)
          expect(preview.template.merged[row][sample]).toBeCloseTo(average[(unit * sampleCount + sample) * channelCount + channel], 3);
      }
    }
    await merged.close();
  });
}
