import { defineNumber } from './number.ts';

export const peakChannelDistanceUm = defineNumber({
  id: 'peak_channel_distance_um',
  title: 'Distance of the main channels',
  definition: 'Distance of the contacts on which the two units are largest.',
  unit: 'µm',
  source: 'SpikeInterface main_channel_id',
  needs: [],
  reading: '0 or one contact apart for the same cell.',
  digits: 1,
  async compute(view, pair, options) {
    const positions = view.channelPositionsUm;
    if (positions.length === 0) return undefined;
    const channels = await view.mainChannels(options);
    const a = channels[pair.first];
    const b = channels[pair.second];
    return Math.hypot(positions[2 * a] - positions[2 * b], positions[2 * a + 1] - positions[2 * b + 1]);
  },
});
