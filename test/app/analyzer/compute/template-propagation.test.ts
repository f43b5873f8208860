import { describe, expect, it } from 'vitest';
import { type SpreadTemplate, templatePropagation } from '../../../../app/analyzer/compute/template-propagation.ts';
import { Unmeasurable } from '../../../../app/analyzer/compute/unmeasurable.ts';

const decayParams = { peak_function: 'ptp', min_r2: 0.2, linear_fit: false, channel_tolerance: null, normalize_decay: false };
const velocityParams = { min_channels: 3, min_r2: 0.2, column_range: null };

/** One column of channels, 20 µm apart, with a trough that arrives later and smaller the further away it is. */
function column(count: number, height: (distanceUm: number) => number, delaySamples: (depthUm: number) => number): SpreadTemplate {
  const positionsUm = Array.from({ length: count }, (_, channel) => [0, 20 * (channel - (count >> 1))] as const);
  return {
    positionsUm,
    signals: positionsUm.map(([, depth]) =>
      Float64Array.from(
        { length: 200 },
        (_, sample) => -height(Math.abs(depth)) * Math.exp(-(((sample - 90 - delaySamples(depth)) / 8) ** 2)),
      ),
    ),
    samplingFrequencyHz: 100_000,
    depthAxis: 1,
  };
}

describe('over channels', () => {
  const spread = column(
    11,
    (distanceUm) => 80 * Math.exp(-0.03 * distanceUm) + 5,
    (depth) => Math.abs(depth) / (depth > 0 ? 10 : 5),
  );

  it('finds how fast a template falls off', () => {
    expect(templatePropagation['exp_decay'](spread, decayParams)?.['exp_decay']).toBeCloseTo(0.03, 6);
    const straight = column(7, (distanceUm) => 100 - 0.5 * distanceUm, Number);
    expect(templatePropagation['exp_decay'](straight, { ...decayParams, linear_fit: true })?.['exp_decay']).toBeCloseTo(0.5, 2);
  });

  it('finds how fast it travels, each way in µm per ms', () => {
    // One sample is 10 µs; 10 µm a sample upwards, 5 downwards.
    expect(templatePropagation['velocity_fits'](spread, velocityParams)).toEqual({
      velocity_above: expect.closeTo(1000, 6),
      velocity_below: expect.closeTo(500, 6),
    });
    expect(templatePropagation['velocity_fits'](spread, { ...velocityParams, min_channels: 7 })).toEqual({
      velocity_above: Number.NaN,
      velocity_below: Number.NaN,
    });
  });

  it('finds how far it reaches', () => {
    const reach = templatePropagation['spread'](spread, { spread_threshold: 0.5, spread_smooth_um: 0, column_range: null });
    expect(reach).toEqual({ spread: 40 });
  });

  describe('with two channels at every depth', () => {
    const doubled = (share: number): SpreadTemplate => ({
      ...spread,
      signals: [...spread.signals, ...spread.signals.map((signal) => signal.map((value) => share * value))],
      positionsUm: [...spread.positionsUm, ...spread.positionsUm.map(([, y]) => [30, y] as const)],
    });
    const params = { spread_threshold: 0.4, spread_smooth_um: 20, column_range: null };

    it('finds how far it reaches where any order of these gives the same', () => {
      // scipy.ndimage.gaussian_filter1d over the channels sorted by depth, in either order of equally deep ones
      expect(templatePropagation['spread'](doubled(1), params)).toEqual({ spread: 80 });
      expect(templatePropagation['velocity_fits'](doubled(0.9), velocityParams)).toBeDefined();
    });

    it('gives no value where it hangs on their order', () => {
      expect(templatePropagation['spread'](doubled(0.05), params)).toBeUndefined();
      const limited = { ...decayParams, channel_tolerance: 40, num_channels_for_fit: 8 };
      expect(templatePropagation['exp_decay'](doubled(0.9), limited)).toBeUndefined();
      expect(templatePropagation['exp_decay'](doubled(0.9), { ...limited, num_channels_for_fit: 22 })).toBeDefined();
    });
  });

  it('stops, as SpikeInterface does, on channels of one depth only', () => {
    const flat = { ...spread, positionsUm: spread.positionsUm.map((_, channel) => [20 * channel, 0] as const) };
    expect(() => templatePropagation['spread'](flat, { spread_threshold: 0.2, spread_smooth_um: 20, column_range: null })).toThrow(
      Unmeasurable,
    );
  });

  it('stops, as SpikeInterface does, where no channel is within the column', () => {
    const aside = { ...spread, positionsUm: spread.positionsUm.map(([, y]) => [500, y] as const), depthAxis: 0 as const };
    expect(() => templatePropagation['velocity_fits'](aside, { ...velocityParams, column_range: 30 })).toThrow(Unmeasurable);
  });
});
