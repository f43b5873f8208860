import { movedTemplates } from './measured/moved-templates.ts';
import { defineNumber } from './number.ts';

export const templateDistanceL1Moved = defineNumber({
  id: 'template_distance_l1_moved',
  title: 'Template distance without drift (l1)',
  definition:
    'Distance (l1) of the average waveforms after both were moved along the probe to the place midway between, by the motion of the tissue while they fired; interpolated between contacts (kriging), on common channels, at the best lag up to 0.3 ms. Not said where both were seen from the same place.',
  unit: '',
  source: 'Samecell; motion from spike_locations, interpolation as SpikeInterface interpolate_motion',
  needs: ['templates', 'spike_locations'],
  reading: 'Far below the template distance: the two look different because the probe stood elsewhere.',
  digits: 2,
  async compute(view, pair, options) {
    return (await movedTemplates(view, pair, options))?.l1;
  },
});
