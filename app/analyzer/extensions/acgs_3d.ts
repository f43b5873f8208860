import { Failure } from '../../failure.ts';
import { decodeFloat64 } from '../decode.ts';
import { defineExtension } from './definition.ts';
import { requireArray } from './read-array.ts';

export const acgs3d = defineExtension({
  id: 'acgs_3d',
  title: '3D auto-correlograms',
  dependsOn: [],
  needsRecording: false,
  requires: ['acgs_3d', 'firing_quantiles', 'bins'],
  read: async (stored, context, options) => {
    const unitCount = context.unitIds.length;
    const acgs = await requireArray(stored, 'acgs_3d', [unitCount, undefined, undefined], options);
    const [, quantileCount, lagCount] = acgs.shape;
    const quantiles = await requireArray(stored, 'firing_quantiles', [unitCount, quantileCount], options);
    const bins = await requireArray(stored, 'bins', [undefined], options);
    const lags = decodeFloat64(await bins.read(options), bins.dtype, bins.file);
    // SpikeInterface stores each lag once per unit.
    const repeats = lagCount === 0 ? 0 : lags.length / lagCount;
    if (lagCount > 0 && !(Number.isInteger(repeats) && repeats >= 1)) {
      throw new Failure('analyzer.damaged', `${bins.file} has ${lags.length} lags for ${lagCount} bins. Compute acgs_3d again.`, {
        file: bins.file,
      });
    }
    return {
      acgs: decodeFloat64(await acgs.read(options), acgs.dtype, acgs.file),
      firingQuantilesHz: decodeFloat64(await quantiles.read(options), quantiles.dtype, quantiles.file),
      lagsMs: Float64Array.from({ length: lagCount }, (_, lag) => lags[lag * repeats]),
      quantileCount,
      lagCount,
    };
  },
});
