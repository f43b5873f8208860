import { expect, test } from 'vitest';
import { screenById, screens } from '../../../renderer/shell/screens.ts';

test('screens have ids of their own and titles', () => {
  expect(new Set(screens.map((screen) => screen.id)).size).toBe(screens.length);
  for (const screen of screens) expect(screen.title).not.toBe('');
});

test('a screen that does not exist becomes the start', () => {
  expect(screenById('nowhere' as never).id).toBe('start');
});
