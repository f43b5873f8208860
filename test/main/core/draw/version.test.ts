import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { readFonts } from '../../../../main/core/draw/fonts.ts';
import { drawnWith, rendererVersion } from '../../../../main/core/draw/version.ts';

const versionOf = (name: string): string => {
  const root = join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), 'package.json');
  return JSON.parse(readFileSync(root, 'utf8')).version;
};

test('the renderer version names what draws: ECharts and the font as they are here', () => {
  const { regular, semibold } = readFonts();
  expect(drawnWith).toMatchObject({
    echarts: versionOf('echarts'),
    fonts: createHash('sha256').update(regular).update(semibold).digest('hex'),
  });
  for (const part of [`look ${drawnWith.look}`, drawnWith.echarts, drawnWith.fonts.slice(0, 12)]) expect(rendererVersion).toContain(part);
});

test('the font comes with its licence', () => {
  const licence = readFileSync(join(import.meta.dirname, '../../../../assets/fonts/inter-LICENSE.txt'), 'utf8');
  expect(licence).toContain('SIL OPEN FONT LICENSE Version 1.1');
});
