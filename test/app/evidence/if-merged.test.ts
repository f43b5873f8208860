import { describe, expect, test } from 'vitest';
import { mergedUnits } from '../../../app/curation/merged-units.ts';
import { distributionsOf } from '../../../app/evidence/distributions.ts';
import { ifMerged } from '../../../app/evidence/if-merged.ts';
import { measurePair } from '../../../app/evidence/measure.ts';
import { expectedFile, expectedNumbers, openReference } from '../support/reference.ts';

describe('if merged', () => {
  test('censoring drops the spikes that applying the merge drops', async () => {
    const view = await openReference('splits');
    const spikes = await view.spikes();
    // Without its sparsity, so that units without a common channel can be looked at too.
    const { unitIds, channelIds, samplingFrequencyHz } = view;
    const facts = { unitIds, channelIds, samplingFrequencyHz, sparsity: undefined };
    for (const censorMs of [0.3, 2, 5]) {
      for (const positions of [
        [0, 1],
        [2, 3, 4],
      ]) {
        const preview = await ifMerged(view, positions, { censorMs });
        const group = positions.map((at) => view.unitIds[at]);
        const applied = mergedUnits(facts, spikes, { groups: [group], newUnitIds: [9999], sparsityOverlap: 0, censorMs });
        const last = applied.unitIds.indexOf(9999);
        expect(preview.after.spikeCount).toBe(applied.spikes.offsets[last + 1] - applied.spikes.offsets[last]);
      }
    }
    await view.close();
  });

  test('without censoring the correlogram is the sum of all four, as SpikeInterface merges it', async () => {
    const view = await openReference('splits');
    const { autocorrelogram } = await ifMerged(view, [0, 1], { censorMs: 0 });
    const { ccgs, binCount } = await view.extension('correlograms');
    const row = (first: number, second: number, bin: number) => ccgs[(first * view.unitIds.length + second) * binCount + bin];
    const summed = Float64Array.from({ length: binCount }, (_, bin) => row(0, 0, bin) + row(0, 1, bin) + row(1, 0, bin) + row(1, 1, bin));
    const total = (counts: Float64Array) => counts.reduce((sum, count) => sum + count, 0);
    expect(total(autocorrelogram.merged)).toBe(total(summed));
    // Spikes of both units at one sample stand in [0, 1) of both cross-correlograms.
    for (let bin = 0; bin < binCount; bin += 1)
      if (Math.abs(bin - binCount / 2) > 1) expect(Math.abs(autocorrelogram.merged[bin] - summed[bin])).toBeLessThanOrEqual(2);
    await view.close();
  });

  test('the numbers before are those of the units, the template is their weighted mean on common channels', async () => {
    const view = await openReference('splits');
    const [first, second] = [view.indexOf(19), view.indexOf(30)];
    const preview = await ifMerged(view, [first, second], { censorMs: 0 });
    const numbers = await measurePair(view, { first, second });
    expect(preview.before[0].violations).toBe(numbers['rp_violations_first']);
    expect(preview.before[1].contamination).toBeCloseTo(numbers['contamination_second'] ?? Number.NaN, 12);
    const { average, sampleCount } = await view.extension('templates');
    const channel = preview.template?.channels[0] ?? 0;
    const at = (unit: number, sample: number) => average[(unit * sampleCount + sample) * view.channelIds.length + channel];
    const [a, b] = preview.before.map(({ spikeCount }) => spikeCount);
    for (let sample = 0; sample < sampleCount; sample += 1) {
      const mean = (a * at(first, sample) + b * at(second, sample)) / (a + b);
      expect(preview.template?.merged[0][sample]).toBeCloseTo(mean, 3);
    }
    await view.close();
  });

  test('shows what merge_units makes of every group: spikes, channels, templates and rates', async () => {
    interface Merges {
      readonly merges: {
        readonly groups: readonly (readonly (number | string)[])[];
        readonly soft_append: {
          readonly unit_ids: readonly (number | string)[];
          readonly new_unit_ids: readonly (number | string)[];
          readonly spike_counts: Readonly<Record<string, number>>;
          readonly sparsity: unknown;
          readonly templates_average: unknown;
        };
      };
    }
    const { groups, soft_append: applied } = expectedFile<Merges>('splits.json').merges;
    const view = await openReference('splits');
    const channelCount = view.channelIds.length;
    const { sampleCount } = await view.extension('templates');
    const mask = expectedNumbers(applied.sparsity);
    const average = expectedNumbers(applied.templates_average);
    const amplitudes = (await view.extension('spike_amplitudes')).amplitudes;
    for (const [index, group] of groups.entries()) {
      const preview = await ifMerged(
        view,
        group.map((id) => view.indexOf(id)),
        { censorMs: 0 },
      );
      const id = applied.new_unit_ids[index];
      const unit = applied.unit_ids.indexOf(id);
      const own = mask.slice(unit * channelCount, (unit + 1) * channelCount);
      expect(preview.after.spikeCount).toBe(applied.spike_counts[String(id)]);
      expect(preview.after.firingRateHz).toBeCloseTo(applied.spike_counts[String(id)] / view.durationS, 12);
      expect(preview.after.spikeCount).toBe(preview.before.reduce((sum, { spikeCount }) => sum + spikeCount, 0));
      expect(preview.channels.common).toBe(own.reduce((sum, active) => sum + active, 0));
      expect(preview.channels.overlap).toBe(preview.channels.common / preview.channels.together);
      const { template } = preview;
      if (!template) throw new Error('The demo analyzer has templates.');
      for (const [row, channel] of template.channels.entries()) {
        expect(own[channel]).toBe(1);
        for (let sample = 0; sample < sampleCount; sample += 1)
          expect(template.merged[row][sample]).toBeCloseTo(average[(unit * sampleCount + sample) * channelCount + channel], 3);
      }
      const known = new Set(amplitudes);
      expect(preview.amplitudes).toHaveLength(group.length);
      for (const { timeS, amplitude } of preview.amplitudes ?? []) {
        expect(amplitude.length).toBeGreaterThan(0);
        expect(amplitude.every((value) => known.has(value))).toBe(true);
        expect(timeS.every((time, at) => time >= (timeS[at - 1] ?? 0) && time <= view.durationS)).toBe(true);
      }
    }
    await view.close();
  });

  test('takes milliseconds', async () => {
    const view = await openReference('splits');
    await ifMerged(view, [0, 1], { censorMs: 0.3 });
    const begin = process.cpuUsage();
    for (let unit = 1; unit < 11; unit += 1) await ifMerged(view, [unit, unit + 10], { censorMs: 0.3 });
    const { user, system } = process.cpuUsage(begin);
    expect((user + system) / 1000 / 10).toBeLessThan(50);
    await view.close();
  });

  test('works where amplitudes or templates are missing, and refuses nonsense', async () => {
    const view = await openReference('tutorial');
    const preview = await ifMerged(view, [0, 1], { censorMs: 0.3 });
    expect(preview.amplitudes === undefined).toBe(!view.has('spike_amplitudes'));
    await expect(ifMerged(view, [0, 1], { censorMs: -1 })).rejects.toMatchObject({ kind: 'input.invalid' });
    await expect(ifMerged(view, [0], { censorMs: 0 })).rejects.toMatchObject({ kind: 'input.invalid' });
    await view.close();
  });
});

test('distributions cover near pairs only, and a smaller sample is spread over them', async () => {
  const view = await openReference('splits');
  const some = await distributionsOf(view, { most: 20 });
  expect(some.sampledCount).toBe(20);
  expect(some.nearPairCount).toBeGreaterThan(20);
  const distance = some.numbers.find(({ id }) => id === 'unit_distance_um');
  expect(distance?.quantiles[100]).toBeLessThanOrEqual(150);
  await view.close();
});
