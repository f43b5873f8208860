import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMessage, encodeMessage } from '../../../app/contract/wire.ts';

const samples = [
  new Int8Array([-1, 2]),
  new Uint8Array([1, 255]),
  new Uint8ClampedArray([3]),
  new Int16Array([-300]),
  new Uint16Array([65535]),
  new Int32Array([-70000]),
  new Uint32Array([4e9]),
  new Float32Array([0.5, Number.NaN]),
  new Float64Array([Math.PI, Number.NEGATIVE_INFINITY]),
  new BigInt64Array([-(2n ** 62n)]),
  new BigUint64Array([2n ** 63n]),
];

test.each(samples.map((sample) => [sample.constructor.name, sample] as const))('%s crosses as itself, at any offset', (name, sample) => {
  const crossed = decodeMessage(encodeMessage({ pad: 'x', sample })) as { sample: typeof sample };
  expect(crossed.sample.constructor.name).toBe(name);
  expect(crossed.sample).toEqual(sample);
});

test('a view into a larger buffer sends only its part', () => {
  const whole = new Float64Array([1, 2, 3, 4]);
  expect(decodeMessage(encodeMessage(whole.subarray(1, 3)))).toEqual(new Float64Array([2, 3]));
});

test('undefined fields are left out and null stays null', () => {
  const crossed = decodeMessage(encodeMessage({ a: undefined, b: null })) as object;
  expect(Object.keys(crossed)).toEqual(['b']);
});

test('whatever JSON can say crosses unchanged', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      fc.pre(!JSON.stringify(value).includes('"__proto__"'));
      expect(decodeMessage(encodeMessage(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('a field called __proto__ is refused', () => {
  expect(() => decodeMessage(encodeMessage(JSON.parse('{"__proto__": 0}')))).toThrow('__proto__');
});

test('an empty, cut or overlong frame is refused', () => {
  const frame = encodeMessage({ type: 'ask', id: 1, name: 'app.state', input: {} });
  expect(() => decodeMessage(new Uint8Array())).toThrow();
  expect(() => decodeMessage(frame.subarray(0, frame.length - 2))).toThrow();
  expect(() => decodeMessage(new Uint8Array([...frame, 1]))).toThrow();
  expect(() => decodeMessage(new Uint8Array([0xdd, 0xff, 0xff, 0xff, 0xff]))).toThrow();
});
