import { expect, it } from 'vitest';
import { qualityMetrics } from '../../../../app/analyzer/compute/extensions/quality-metrics.ts';
import { randomSpikes } from '../../../../app/analyzer/compute/extensions/random-spikes.ts';
import { openReference } from '../../support/reference.ts';
import { silenced } from '../../support/silenced.ts';

it('a unit without spikes has the quality metrics that SpikeInterface gives it', async () => {
  const view = await openReference('multisegment');
  const metric_names = ['num_spikes', 'firing_rate', 'presence_ratio', 'isi_violation', 'rp_violation'];
  const { texts } = await qualityMetrics.run({ view: await silenced(view, 0, [0, 1]), traces: undefined }, { metric_names });
  const [header, row] = (texts?.[0].text ?? '').split('\n');
  expect(header).toBe(',num_spikes,firing_rate,presence_ratio,isi_violations_ratio,isi_violations_count,rp_contamination,rp_violations');
  expect(row).toBe(`${view.unitIds[0]},0,,,,-1,,-1`);
  await view.close();
});

it('random_spikes says no seed where nothing is drawn, as SpikeInterface does', async () => {
  const view = await openReference('multisegment');
  const drawn = async (given: Record<string, unknown>) =>
    (await randomSpikes.run({ view, traces: undefined }, randomSpikes.params.parse(given))).params;
  expect(await drawn({})).toEqual({ method: 'uniform', max_spikes_per_unit: 500, margin_size: null, seed: 0 });
  expect(await drawn({ method: 'all' })).toMatchObject({ method: 'all', seed: null });
  expect(await drawn({ seed: 4 })).toMatchObject({ seed: 4 });
  await view.close();
});
