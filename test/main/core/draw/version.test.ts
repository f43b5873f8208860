import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFonts } from '../../../../main/core/draw/fonts.ts';
import { drawnWith, rendererVersion } from '../../../../main/core/draw/version.ts';

test('the renderer version names what draws: the look and the font as it is here', () => {
  const { regular, semibold } = readFonts();
  expect(drawnWith.fonts).toBe(createHash('sha256').update(regular).update(semibold).digest('hex'));
  for (const part of [`look ${drawnWith.look}`, drawnWith.fonts.slice(0, 12)]) expect(rendererVersion).toContain(part);
});

test('the font comes with its licence', () => {
  const licence = readFileSync(join(import.meta.dirname, '../../../../assets/fonts/inter-LICENSE.txt'), 'utf8');
  expect(licence).toContain('SIL OPEN FONT LICENSE Version 1.1');
});
