import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createBodies, jsonBytes, jsonLength, manyJsonBytes, PictureText } from '../../../../app/judges/wire/request-body.ts';
import { stopAtLook } from '../../support/stop-midway.ts';
import { sampleQuestion } from '../sample-question.ts';

const told = (body: unknown) => Buffer.from(jsonBytes(body)).toString('utf8');

it('is the JSON that everyone else writes, byte for byte', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(told(value)).toBe(JSON.stringify(value));
      expect(jsonLength(value)).toBe(JSON.stringify(value).length);
    }),
  );
  expect(told({ a: undefined, b: [undefined, 1], d: 'd′ 🧠\u2028"' })).toBe(
    JSON.stringify({ a: undefined, b: [undefined, 1], d: 'd′ 🧠\u2028"' }),
  );
});

it('holds pictures in their place, encoded by the host or here', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.string(), fc.boolean(), (bytes, before, byHost) => {
      const base64 = Buffer.from(bytes).toString('base64');
      const image = { bytes, ...(byHost ? { base64 } : {}) };
      const body = { first: 'σ', pictures: [new PictureText(image, before), { url: new PictureText(image) }], last: 1 };
      expect(told(body)).toBe(JSON.stringify({ first: 'σ', pictures: [before + base64, { url: base64 }], last: 1 }));
      expect(told(body)).toBe(JSON.stringify(body));
      expect(jsonLength(body)).toBe(JSON.stringify(body).length);
    }),
  );
});

it('holds many bodies between words, none too', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 4 }), async (bodies) => {
      const words = { begin: '{"σ":[', between: ',', end: ']}' };
      const bytes = await manyJsonBytes({ ...words, bodies }, undefined);
      expect(Buffer.from(bytes).toString('utf8')).toBe(JSON.stringify({ σ: bodies }));
    }),
  );
});

it('gives others their turn while many are written, and stops when it is called off', async () => {
  const bodies = Array.from({ length: 100 }, (_, index) => ({ index }));
  const running = manyJsonBytes({ begin: '[', bodies, between: ',', end: ']' }, stopAtLook(20));
  await expect(running).rejects.toMatchObject({ kind: 'cancelled' });
});

it('is made once ahead of sending, for that model and way alone, and let go once it was sent', () => {
  let made = 0;
  const bodies = createBodies<'a' | 'b'>((model, _, way) => ({ model, way, made: ++made }));
  const { question } = sampleQuestion();
  const of = (model: string, way: 'a' | 'b') => Buffer.from(bodies.of(model, question, way)).toString();
  bodies.prepare('m', question, 'a');
  expect([of('m', 'a'), of('m', 'a')]).toEqual(Array(2).fill('{"model":"m","way":"a","made":1}'));
  expect(of('m', 'b')).toBe('{"model":"m","way":"b","made":2}');
  expect(of('n', 'a')).toBe('{"model":"n","way":"a","made":3}');
  bodies.sent(question);
  expect(of('m', 'a')).toBe('{"model":"m","way":"a","made":4}');
});
