import type { ReadOptions } from '../source.ts';
import type { AnalyzerView } from '../view.ts';
import { createBreather } from './breathe.ts';
import { perView } from './per-view.ts';
import type { TemplateArray } from './template-similarity.ts';

/** Average templates of a view; `computed` where they had to be averaged from the waveforms. */
export interface ViewTemplates extends TemplateArray {
  readonly beforeCount: number;
  readonly computed: boolean;
}

/**
 * The stored `templates` (n, T, C), or the mean of the stored `waveforms` where only those exist.
 * Throws `analyzer.missingExtension` for `templates` where neither is there.
 */
export const templatesOf: (view: AnalyzerView, options?: ReadOptions) => Promise<ViewTemplates> = perView(async (view, options) => {
  const unitCount = view.unitIds.length;
  const channelCount = view.channelIds.length;
  if (view.has('templates') || !view.has('waveforms')) {
    const { average, sampleCount, beforeCount } = await view.extension('templates', options);
    return { average, unitCount, sampleCount, channelCount, beforeCount, sparsity: view.sparsity, computed: false };
  }
  const waveforms = await view.extension('waveforms', options);
  const { sampleCount, beforeCount } = waveforms;
  const average = new Float64Array(unitCount * sampleCount * channelCount);
  const breathe = createBreather(options?.signal);
  for (let unit = 0; unit < unitCount; unit += 1) {
    const channels = waveforms.channelsOf(unit);
    const { values, rowCount } = await waveforms.ofUnit(unit, options);
    const rowSize = sampleCount * channels.length;
    const sums = new Float64Array(rowSize);
    for (let row = 0; row < rowCount; row += 1) {
      for (let cell = 0; cell < rowSize; cell += 1) sums[cell] += values[row * rowSize + cell];
    }
    const base = unit * sampleCount * channelCount;
    for (let sample = 0; sample < sampleCount; sample += 1) {
      for (let place = 0; place < channels.length; place += 1) {
        average[base + sample * channelCount + channels[place]] = rowCount > 0 ? sums[sample * channels.length + place] / rowCount : 0;
      }
    }
    const turn = breathe();
    if (turn) await turn;
  }
  return { average, unitCount, sampleCount, channelCount, beforeCount, sparsity: view.sparsity, computed: true };
});
