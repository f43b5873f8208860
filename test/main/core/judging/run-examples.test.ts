import { expect, test } from 'vitest';
import { runExamples } from '../../../../main/core/judging/run-examples.ts';
import type { PictureRoom } from '../../../../main/core/pictures/picture-room.ts';
import { storedSession } from '../support/stored-session.ts';

test('a picture of an example is read and encoded once for all groups of a run, and again where that failed', async () => {
  const { tables } = storedSession([]);
  const bytes = new Uint8Array([1, 2, 3, 4]);
  let reads = 0;
  const pictures = {
    async stored() {
      if (++reads === 1) throw new Error('The disk is busy.');
      return { mediaType: 'image/png', bytes };
    },
  } as Partial<PictureRoom> as PictureRoom;
  const examples = runExamples({ tables, pictures }, { exampleIds: [] });
  await expect(examples.picture('crosscorrelograms', 'a'.repeat(64))).rejects.toThrow('busy');
  const shown = await Promise.all(Array.from({ length: 20 }, () => examples.picture('crosscorrelograms', 'a'.repeat(64))));
  expect(reads).toBe(2);
  expect(new Set(shown).size).toBe(1);
  expect(shown[0]).toMatchObject({ feature: 'crosscorrelograms', bytes, base64: 'AQIDBA==' });
});
