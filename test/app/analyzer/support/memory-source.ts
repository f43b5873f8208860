import type { Source, SourceEntry } from '../../../../app/analyzer/source.ts';

/** A source over bytes in memory; counts how many bytes were asked for. */
export function memorySource(
  files: Readonly<Record<string, Uint8Array<ArrayBuffer> | string>>,
): Source & { readonly asked: { bytes: number } } {
  const contents = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [key, content] of Object.entries(files))
    contents.set(key, typeof content === 'string' ? new TextEncoder().encode(content) : content);
  const asked = { bytes: 0 };
  const take = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
    asked.bytes += bytes.byteLength;
    return bytes;
  };
  return {
    name: 'memory',
    asked,
    get: async (key) => {
      const content = contents.get(key);
      return content && take(content.slice());
    },
    getRange: async (key, offset, length) => {
      const content = contents.get(key);
      return content && take(content.slice(offset, offset + length));
    },
    size: async (key) => contents.get(key)?.byteLength,
    list: async (folder) => {
      const below = folder === '' ? '' : `${folder}/`;
      const entries = new Map<string, SourceEntry>();
      for (const key of contents.keys()) {
        if (!key.startsWith(below)) continue;
        const [name, ...rest] = key.slice(below.length).split('/');
        entries.set(name, { name, isFolder: rest.length > 0 });
      }
      return [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}
