import type { ReadOptions } from '../source.ts';
import type { AnalyzerView } from '../view.ts';
import { templatesOf } from './templates.ts';

/**
 * SNR per unit (n): the `snr` column of `quality_metrics` where there is one, else max|template| on the main channel over
 * that channel's noise level. Throws `analyzer.missingExtension` for `noise_levels` or `templates` where neither way goes.
 */
export async function signalToNoise(view: AnalyzerView, options?: ReadOptions): Promise<{ snr: Float64Array; computed: boolean }> {
  if (view.has('quality_metrics')) {
    const { values } = await view.extension('quality_metrics', options);
    if (Object.hasOwn(values, 'snr')) return { snr: values['snr'], computed: false };
  }
  const { noiseLevels } = await view.extension('noise_levels', options);
  const templates = await templatesOf(view, options);
  const mainChannels = await view.mainChannels(options);
  const snr = Float64Array.from(mainChannels, (channel, unit) => {
    let highest = 0;
    for (let sample = 0; sample < templates.sampleCount; sample += 1) {
      const value = Math.abs(templates.average[(unit * templates.sampleCount + sample) * templates.channelCount + channel]);
      if (value > highest) highest = value;
    }
    return highest / noiseLevels[channel];
  });
  return { snr, computed: true };
}
