import { movedTemplates } from './measured/moved-templates.ts';
import { defineNumber, type EvidenceNumber } from './number.ts';

/** The distance of two templates without the drift between them, by one of its three measures. */
export function templateDistanceMoved<const Id extends string>(id: Id, method: 'l1' | 'l2' | 'cosine', digits: number): EvidenceNumber<Id> {
  return defineNumber({
    id,
    title: `Template distance without drift (${method})`,
    definition: `Distance (${method}) of the average waveforms after both were moved along the probe to the place midway between, by the motion of the tissue while they fired; interpolated between contacts (kriging), on common channels, at the best lag up to 0.3 ms. Not said where both were seen from the same place.`,
    unit: '',
    source: 'Samecell; motion from spike_locations, interpolation as SpikeInterface interpolate_motion',
    needs: ['templates', 'spike_locations'],
    reading: 'Far below the template distance: the two look different because the probe stood elsewhere.',
    digits,
    async compute(view, pair, options) {
      return (await movedTemplates(view, pair, options))?.[method];
    },
  });
}
