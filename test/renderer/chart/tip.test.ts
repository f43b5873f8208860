import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AnalyzerView } from '../../../app/analyzer/view.ts';
import { crosscorrelograms } from '../../../app/plots/features/crosscorrelograms.ts';
import { presence } from '../../../app/plots/features/presence.ts';
import { spikeLocations } from '../../../app/plots/features/spike-locations.ts';
import { plotFeatures } from '../../../app/plots/registry.ts';
import { lightTheme, modelTheme } from '../../../app/plots/theme.ts';
import { tipAt, tipStyle } from '../../../renderer/chart/tip.ts';
import { groupOf } from '../../app/plots/fixture-groups.ts';
import { openReference } from '../../app/support/reference.ts';

let splits: AnalyzerView;

beforeAll(async () => {
  splits = await openReference('splits');
});

afterAll(() => splits.close());

test('the pointer over rates reads the time and each unit’s rate there', async () => {
  const data = await presence.load(splits, groupOf(splits, [0, 38]));
  const [a, b] = data.units.map(({ ratesHz }) => ratesHz[10].toFixed(1));
  const middleS = (data.edgesS[10] + data.edgesS[11]) / 2;
  expect(tipAt(presence.option(data, lightTheme), 0, middleS, 0).split('\n')).toEqual([`Time (s): ${middleS}`, `A: ${a}`, `B: ${b}`]);
});

test('the pointer over a correlogram reads the lag and the pairs of its bin', async () => {
  const data = await crosscorrelograms.load(splits, groupOf(splits, [0, 38]));
  const at = 10;
  const lagMs = (data.edgesMs[at] + data.edgesMs[at + 1]) / 2;
  const [lag, pairs] = tipAt(crosscorrelograms.option(data, lightTheme), 1, lagMs, 0).split('\n');
  expect(lag).toBe(`Lag (ms): −${Math.abs(lagMs).toFixed(1)}`);
  expect(Number(pairs.replace('A–B: ', ''))).toBe(data.cells[1].counts[at]);
});

test('the pointer over points reads the place on both axes', async () => {
  const data = await spikeLocations.load(splits, groupOf(splits, [0, 38]));
  expect(tipAt(spikeLocations.option(data, lightTheme), 0, 12.34, -5.6)).toBe(
    'Position across the probe (µm): 12.3\nPosition along the probe (µm): −5.6',
  );
});

test('what follows the pointer is rich text, never HTML, and is not in any picture of a model', async () => {
  const group = groupOf(splits, [0, 38]);
  for (const { load, option } of plotFeatures) {
    const chosen = option(await load(splits, group), modelTheme);
    expect(chosen).not.toHaveProperty('tooltip');
    expect(tipStyle(chosen)).toMatchObject({ renderMode: 'richText', transitionDuration: 0 });
  }
});
