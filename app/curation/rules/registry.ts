import { acgs3dRule } from './acgs-3d.ts';
import { correlogramsRule } from './correlograms.ts';
import { autoCorrelogramsRule, isiHistogramsRule } from './histograms-per-unit.ts';
import { noiseLevelsRule } from './noise-levels.ts';
import { principalComponentsRule, waveformsRule } from './per-selected-spike.ts';
import { amplitudeScalingsRule, spikeAmplitudesRule, spikeLocationsRule } from './per-spike.ts';
import { qualityMetricsRule } from './quality-metrics.ts';
import { randomSpikesRule } from './random-spikes.ts';
import type { MergeRule } from './rule.ts';
import { templateMetricsRule } from './template-metrics.ts';
import { templateSimilarityRule } from './template-similarity.ts';
import { templatesRule } from './templates.ts';
import { unitLocationsRule } from './unit-locations.ts';
import { validUnitPeriodsRule } from './valid-unit-periods.ts';

/** In the order they run: `templates` before what is computed from it. */
export const mergeRules = [
  randomSpikesRule,
  noiseLevelsRule,
  waveformsRule,
  templatesRule,
  principalComponentsRule,
  spikeAmplitudesRule,
  spikeLocationsRule,
  amplitudeScalingsRule,
  correlogramsRule,
  autoCorrelogramsRule,
  isiHistogramsRule,
  acgs3dRule,
  templateSimilarityRule,
  unitLocationsRule,
  templateMetricsRule,
  qualityMetricsRule,
  validUnitPeriodsRule,
] as const satisfies readonly MergeRule[];
