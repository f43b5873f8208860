import { defineExtension } from './definition.ts';
import { readMetricTable } from './metric-table.ts';

export const spiketrainMetrics = defineExtension({
  id: 'spiketrain_metrics',
  title: 'Spike train metrics',
  dependsOn: [],
  needsRecording: false,
  requires: ['metrics'],
  read: (stored, context, options) => readMetricTable(stored, 'metrics', context, options),
});
