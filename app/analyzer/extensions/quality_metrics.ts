import { defineExtension } from './definition.ts';
import { readMetricTable } from './metric-table.ts';

export const qualityMetrics = defineExtension({
  id: 'quality_metrics',
  title: 'Quality metrics',
  dependsOn: ['random_spikes', 'templates', 'noise_levels'],
  needsRecording: false,
  requires: ['metrics'],
  read: (stored, context, options) => readMetricTable(stored, 'metrics', context, options),
});
