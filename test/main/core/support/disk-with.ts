import * as nodeFs from 'node:fs';
import * as nodeFiles from 'node:fs/promises';
import type { SinkFiles } from '../../../../main/core/files/disk-sink.ts';

/** A disk with that many bytes left. */
export function diskWith(bytes: number): SinkFiles {
  let left = bytes;
  const take = (length: number): void => {
    if (left < length) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    left -= length;
  };
  return {
    ...nodeFs,
    ...nodeFiles,
    writeSync: ((descriptor: number, piece: Uint8Array, offset: number, length: number) => {
      take(length);
      return nodeFs.writeSync(descriptor, piece, offset, length);
    }) as typeof nodeFs.writeSync,
    open: (async (...given: Parameters<typeof nodeFiles.open>) => {
      const handle = await nodeFiles.open(...given);
      const write = handle.write.bind(handle);
      handle.write = (async (piece: Uint8Array, offset: number, length: number) => {
        take(length);
        return write(piece, offset, length);
      }) as typeof handle.write;
      return handle;
    }) as typeof nodeFiles.open,
  };
}
