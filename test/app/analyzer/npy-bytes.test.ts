import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFloat64, decodeStrings } from '../../../app/analyzer/decode.ts';
import type { Dtype } from '../../../app/analyzer/dtype.ts';
import { parseNpyHeader } from '../../../app/analyzer/npy.ts';
import { int64Bytes, npyHeader, textBytes } from '../../../app/analyzer/npy-bytes.ts';

const simple: fc.Arbitrary<Dtype> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('int', 'uint'),
    itemSize: fc.constantFrom(2, 4, 8),
    littleEndian: fc.boolean(),
  }) as fc.Arbitrary<Dtype>,
  fc.record({ kind: fc.constant('float'), itemSize: fc.constantFrom(2, 4, 8), littleEndian: fc.boolean() }) as fc.Arbitrary<Dtype>,
  fc.constant<Dtype>({ kind: 'bool', itemSize: 1, littleEndian: true }),
  fc.nat(20).map((length): Dtype => ({ kind: 'string', encoding: 'ucs4', itemSize: 4 * length, littleEndian: true })),
);
const record: fc.Arbitrary<Dtype> = fc
  .uniqueArray(fc.tuple(fc.string({ unit: 'grapheme', minLength: 1 }), simple, fc.nat(8)), {
    minLength: 1,
    maxLength: 5,
    selector: ([name]) => name,
  })
  .map((fields) => {
    let offset = 0;
    const placed = fields.map(([name, dtype, gap]) => {
      offset += gap;
      const field = { name, dtype, offset, count: 1 };
      offset += dtype.itemSize;
      return field;
    });
    return { kind: 'record', itemSize: offset, fields: placed };
  });

describe('the header of a .npy file', () => {
  it('says what the reader reads, and ends on a multiple of 64 bytes', () => {
    fc.assert(
      fc.property(fc.oneof(simple, record), fc.array(fc.nat(1e9), { maxLength: 4 }), (dtype, shape) => {
        const header = npyHeader(dtype, shape);
        expect(header.byteLength % 64).toBe(0);
        expect(parseNpyHeader(header, 'x.npy', header.byteLength)).toEqual({
          dtype,
          shape,
          fortranOrder: false,
          dataOffset: header.byteLength,
        });
      }),
    );
  });
});

describe('elements', () => {
  it('hold whole numbers up to 2^53 as int64', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeInteger()), (numbers) => {
        expect([...decodeFloat64(int64Bytes(numbers), { kind: 'int', itemSize: 8, littleEndian: true }, 'x')]).toEqual(
          numbers.map((n) => n + 0),
        );
      }),
    );
  });

  it('hold texts of any length in any script', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((given) => !given.includes('\0'));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), (texts) => {
        const { bytes, dtype } = textBytes(texts);
        expect(decodeStrings(bytes, dtype, 'x')).toEqual(texts);
      }),
    );
  });
});
