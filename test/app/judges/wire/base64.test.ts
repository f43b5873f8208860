import fc from 'fast-check';
import { expect, it } from 'vitest';
import { base64 } from '../../../../app/judges/wire/base64.ts';

it('is the base64 that everyone else writes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      expect(base64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    }),
  );
});
