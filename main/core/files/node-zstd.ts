import { promisify } from 'node:util';
import type { Zstd } from '../../../app/analyzer/zstd.ts';

/** Below this a thread costs more than it saves. */
const threadedBytes = 2 ** 15;
let zstd: Promise<Zstd | undefined> | undefined;

/** Zstandard of Node 22.15 or newer; `undefined` in an older one. */
export function nodeZstd(): Promise<Zstd | undefined> {
  zstd ??= find();
  return zstd;
}

async function find(): Promise<Zstd | undefined> {
  const { constants, zstdCompress, zstdCompressSync, zstdDecompressSync } = await import('node:zlib');
  if (zstdCompress === undefined) return undefined;
  const inThread = promisify(zstdCompress);
  return {
    async compress(bytes, level) {
      const options = {
        params: { [constants.ZSTD_c_compressionLevel]: level },
        pledgedSrcSize: bytes.byteLength,
        // Everything in one piece: the most a frame can take.
        chunkSize: bytes.byteLength + (bytes.byteLength >> 8) + 1024,
      };
      return plain(bytes.byteLength < threadedBytes ? zstdCompressSync(bytes, options) : await inThread(bytes, options));
    },
    decompress: (frame, byteLength) =>
      plain(zstdDecompressSync(frame, { chunkSize: Math.max(64, byteLength), maxOutputLength: byteLength })),
  };
}

/** A Buffer's `slice` shares its bytes, which nobody expects of a Uint8Array. */
function plain({ buffer, byteOffset, byteLength }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
