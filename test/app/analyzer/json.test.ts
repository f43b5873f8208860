import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxJsonBytes, parseJson, parseJsonObject } from '../../../app/analyzer/json.ts';

const file = 'settings.json';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('JSON files', () => {
  test('read as the standard parser reads them', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(parseJson(bytes(text), file)).toEqual(JSON.parse(text));
        expect(parseJson(bytes(JSON.stringify(value, null, 4)), file)).toEqual(JSON.parse(text));
      }),
      { numRuns: 300 },
    );
  });

  test("hold Python's words for what JSON can't say", () => {
    expect(parseJson(bytes('{"a": NaN, "b": [Infinity, -Infinity, -1.5e3]}'), file)).toEqual({
      a: Number.NaN,
      b: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1500],
    });
  });

  test('keep a whole number past 2^53 as its digits', () => {
    const seed = '209652396290319864381724901523905428133';
    expect(parseJson(bytes(`{"seed": ${seed}, "largest": 9007199254740991, "float": 1e300}`), file)).toEqual({
      seed,
      largest: 9007199254740991,
      float: 1e300,
    });
  });

  test('cannot reach into the prototype', () => {
    const value = parseJsonObject(bytes('{"__proto__": {"polluted": true}}'), file);
    expect(Object.hasOwn(value, '__proto__')).toBe(true);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test.each(['', '{', '{"a": }', '[1,]', '{"a": 1,}', '"\u0001"', '01', 'nul', '"\\x"', '{"a" 1}', '[1] 2', "{'a': 1}", '\ufeff'])(
    'that are broken (%j) say where',
    (text) => {
      expect(() => parseJson(bytes(text), file)).toThrow(/^settings\.json isn't valid JSON/);
    },
  );

  test('that are not UTF-8, not an object, too deep or too large are turned down', () => {
    expect(() => parseJson(Uint8Array.from([0x22, 0xff, 0x22]), file)).toThrow("settings.json isn't UTF-8");
    expect(() => parseJsonObject(bytes('[1]'), file)).toThrow('settings.json should hold a JSON object');
    expect(() => parseJson(bytes('['.repeat(100_000)), file)).toThrow('nested deeper than 200 levels');
    expect(() => parseJson(new Uint8Array(maxJsonBytes + 1), file)).toThrow('at most 64 MiB');
  });
});
