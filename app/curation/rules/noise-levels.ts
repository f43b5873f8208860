import { requiredArray } from './required-array.ts';
import { defineMergeRule } from './rule.ts';

/** Noise belongs to channels, so it stays. */
export const noiseLevelsRule = defineMergeRule({
  id: 'noise_levels',
  async merge(context) {
    const array = requiredArray(context, 'noise_levels');
    return { arrays: [{ name: 'noise_levels', dtype: array.dtype, shape: array.shape, content: await array.read(context.options) }] };
  },
});
