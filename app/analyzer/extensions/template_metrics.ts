import { defineExtension } from './definition.ts';
import { readMetricTable } from './metric-table.ts';

export const templateMetrics = defineExtension({
  id: 'template_metrics',
  title: 'Template metrics',
  dependsOn: ['random_spikes', 'templates'],
  needsRecording: false,
  requires: ['metrics'],
  read: (stored, context, options) => readMetricTable(stored, 'metrics', context, options),
});
