import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from './write-file-atomically.ts';

export interface PictureStore {
  /** Stores the bytes under their own SHA-256 (hex), which comes back. */
  put(bytes: Uint8Array, mediaType: string): Promise<string>;
  /** The bytes, or `undefined` where they are gone or no longer what their name says. */
  get(sha256: string, mediaType: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

const endings: Readonly<Record<string, string>> = { 'image/png': 'png', 'image/jpeg': 'jpg', 'image/webp': 'webp' };

/** Pictures by content, in `<folder>/ab/<sha256>.png`. */
export function pictureStore(folder: string): PictureStore {
  const pathOf = (sha256: string, mediaType: string) => join(folder, sha256.slice(0, 2), `${sha256}.${endings[mediaType] ?? 'bin'}`);

  const get = async (sha256: string, mediaType: string): Promise<Uint8Array<ArrayBuffer> | undefined> => {
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      const { buffer, byteOffset, byteLength } = await readFile(pathOf(sha256, mediaType));
      bytes = new Uint8Array(buffer, byteOffset, byteLength);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    return hashOf(bytes) === sha256 ? bytes : undefined;
  };

  return {
    async put(bytes, mediaType) {
      const sha256 = hashOf(bytes);
      const path = pathOf(sha256, mediaType);
      const isThere = statSync(path, { throwIfNoEntry: false })?.size === bytes.length && (await get(sha256, mediaType)) !== undefined;
      if (!isThere) await writeFileAtomically(path, bytes);
      return sha256;
    },
    get,
  };
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
