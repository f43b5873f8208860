import fc from 'fast-check';
import Blosc from 'numcodecs/blosc';
import { describe, expect, it } from 'vitest';
import { decodeBlosc, encodeBlosc } from '../../../app/analyzer/blosc.ts';
import { nodeZstd } from '../../../main/core/files/node-zstd.ts';

const zstd = (await nodeZstd()) ?? expect.fail('this Node has no zstd');

/** Bytes of every sort: runs, counts, noise. */
const content = fc
  .record({
    itemSize: fc.constantFrom(1, 2, 3, 4, 8, 12, 24, 300),
    count: fc.integer({ min: 1, max: 40_000 }),
    seed: fc.nat(),
    noise: fc.nat(3),
  })
  .map(({ itemSize, count, seed, noise }) => {
    const bytes = new Uint8Array(itemSize * Math.min(count, Math.ceil(600_000 / itemSize)));
    let state = seed;
    for (let at = 0; at < bytes.length; at += 1) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      bytes[at] = noise === 0 ? 0 : noise === 3 ? state >>> 24 : at % itemSize === 0 ? at / itemSize : state >>> 30;
    }
    return { itemSize, bytes };
  });

const cBlosc = (config: object) => Blosc.fromConfig({ id: 'blosc', cname: 'zstd', clevel: 5, shuffle: 2, blocksize: 0, ...config });

describe('a Blosc chunk', () => {
  it('is one that c-blosc unpacks', async () => {
    await fc.assert(
      fc.asyncProperty(content, fc.constantFrom(0, 1), async ({ bytes, itemSize }, shuffle) => {
        const chunk = await encodeBlosc(bytes, itemSize, { clevel: 1, shuffle: shuffle as 0 | 1 }, zstd);
        expect(chunk.byteLength).toBeLessThanOrEqual(bytes.byteLength + 16);
        expect(Buffer.compare(await cBlosc({}).decode(chunk), bytes)).toBe(0);
        expect(Buffer.compare(decodeBlosc(chunk, zstd) as Uint8Array, bytes)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('of c-blosc with zstd is unpacked, whatever its shuffle, level and blocks', async () => {
    const config = fc.record({
      shuffle: fc.constantFrom(0, 1, 2),
      clevel: fc.constantFrom(0, 1, 5, 9),
      blocksize: fc.constantFrom(0, 4096),
    });
    await fc.assert(
      fc.asyncProperty(content, config, async ({ bytes }, how) => {
        const chunk = await cBlosc(how).encode(bytes);
        expect(Buffer.compare(decodeBlosc(chunk, zstd) as Uint8Array, bytes)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it.each(['zlib', 'blosclz'])('of %s is left to c-blosc', async (cname) => {
    const chunk = await cBlosc({ cname }).encode(new Uint8Array(10_000));
    expect(decodeBlosc(chunk, zstd)).toBeUndefined();
  });

  it('that is damaged throws, or gives as many bytes as it says', async () => {
    const bytes = Uint8Array.from({ length: 40_000 }, (_, at) => at % 251);
    const chunks = [await encodeBlosc(bytes, 4, { clevel: 1, shuffle: 1 }, zstd), await cBlosc({ cname: 'lz4' }).encode(bytes)];
    const damage = fc.record({ which: fc.nat(1), at: fc.nat(300), value: fc.nat(255), share: fc.double({ min: 0, max: 2, noNaN: true }) });
    let thrown = 0;
    fc.assert(
      fc.property(damage, ({ which, at, value, share }) => {
        const whole = chunks[which];
        const chunk = whole.slice(0, Math.max(16, Math.ceil(whole.length * share)));
        // The sizes in the header were checked by whoever asks.
        if ((at < 4 || at >= 8) && at < chunk.length) chunk[at] = value;
        let decoded: Uint8Array | undefined;
        try {
          decoded = decodeBlosc(chunk, zstd);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
          thrown += 1;
          return;
        }
        if (decoded !== undefined) expect(decoded.byteLength).toBe(bytes.byteLength);
      }),
      { numRuns: 1000 },
    );
    expect(thrown).toBeGreaterThan(0);
  });
});
