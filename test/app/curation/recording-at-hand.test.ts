import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openLayout } from '../../../app/analyzer/layout.ts';
import { openAnalyzer } from '../../../app/analyzer/open.ts';
import { mergedMainChannels } from '../../../app/curation/merged-main-channels.ts';
import { mergedUnits } from '../../../app/curation/merged-units.ts';
import { recordingAtHand } from '../../../app/curation/recording-at-hand.ts';
import { readStoredJson } from '../../../app/curation/stored-json.ts';
import { diskSource } from '../../../main/core/files/disk-source.ts';
import { existsFrom } from '../../../main/core/files/exists-from.ts';
import { sha256 } from '../../../main/core/files/sha256.ts';

const fixtures = 'test/fixtures/analyzers';

async function stored(folder: string) {
  const source = diskSource(folder);
  const layout = await openLayout(source, {});
  return { layout, json: await readStoredJson(source, layout.format, {}) };
}

it('looks for the files that the link to a recording names, from the folder it lies in', async () => {
  const folder = join(fixtures, 'with-recording/analyzer');
  const { layout, json } = await stored(folder);
  expect(await recordingAtHand(layout, json, existsFrom(folder))).toBe(true);
  expect(await recordingAtHand(layout, json, existsFrom(join(folder, 'elsewhere/deep')))).toBe(false);
  expect(await recordingAtHand(layout, json, undefined)).toBe(true);
});

it('has no recording where the analyzer names none, and believes a link that can not be read', async () => {
  const without = await stored('assets/demo/splits');
  expect(await recordingAtHand(without.layout, without.json, async () => true)).toBe(false);
  const named = { ...without.layout, namesRecording: true };
  expect(await recordingAtHand(named, { ...without.json, recording: undefined }, async () => false)).toBe(true);
});

it('takes the main channel of the member with most spikes with a recording, and of the merged template without', async () => {
  const source = diskSource('assets/demo/splits');
  const view = await openAnalyzer(source, { sha256 });
  const layout = await openLayout(source, {});
  const spikes = await view.spikes();
  const groups = [[5, 10]];
  const units = mergedUnits(view, spikes, { groups, newUnitIds: ['both'], sparsityOverlap: 0, censorMs: undefined });
  const merged = units.isMerged.indexOf(true);
  const average = new Float64Array(units.unitIds.length * units.channelCount);
  average[merged * units.channelCount + 2] = -7;
  average[merged * units.channelCount + 3] = 6;
  const templates = { average, sampleCount: 1, beforeCount: () => 0 };
  expect((await mergedMainChannels(view, undefined, units, templates, {}))[merged]).toBe(2);
  const before = await view.mainChannels();
  const busiest = units.members[merged].reduce((most, unit) =>
    units.spikeCountsBefore[unit] > units.spikeCountsBefore[most] ? unit : most,
  );
  expect((await mergedMainChannels(view, layout, units, templates, {}))[merged]).toBe(before[busiest]);
  await view.close();
});
