import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UnitId } from '../../../../app/analyzer/view.ts';
import { plotFeatures, usualFeatureIds } from '../../../../app/plots/registry.ts';
import { sheetLayout } from '../../../../app/plots/sheet.ts';
import { createDrawer, type Drawer } from '../../../../main/core/draw/drawer.ts';
import { rendererVersion } from '../../../../main/core/draw/version.ts';
import { groupOf } from '../../../app/plots/fixture-groups.ts';
import { openReference } from '../../../app/support/reference.ts';

let drawer: Drawer;

beforeAll(() => {
  drawer = createDrawer({ threads: 1 });
});

afterAll(() => drawer.close());

const groups: readonly { readonly analyzer: string; readonly ids: readonly UnitId[] }[] = [
  { analyzer: 'splits', ids: [0, 38] },
  { analyzer: 'multisegment', ids: ['unit 3', 'étoile'] },
];

// The list was made on one machine and holds on every other. Where a change to a picture is meant, raise the look's number too.
test.each(groups)('pictures of $ids of $analyzer have the very bytes they had where they were first drawn', async ({ analyzer, ids }) => {
  const view = await openReference(analyzer);
  try {
    const lines = [rendererVersion];
    const group = groupOf(view, ids);
    const parts: { feature: string; data: unknown }[] = [];
    const line = (name: string, bytes: Uint8Array) => `${createHash('sha256').update(bytes).digest('hex')} ${bytes.length} ${name}`;
    for (const { id, load } of plotFeatures) {
      const data = await load(view, group);
      if (usualFeatureIds.includes(id)) parts.push({ feature: id, data });
      lines.push(line(id, (await drawer.draw(id, data)).bytes));
    }
    const sheet = await drawer.drawSheet(parts, sheetLayout(parts.length, { width: 1560, height: 1000 }));
    lines.push(line('contact_sheet', sheet.bytes));
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`__snapshots__/${analyzer}-sha256.txt`);
  } finally {
    await view.close();
  }
});
