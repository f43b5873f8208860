import type { Source } from './source.ts';

/**
 * A `binary_folder` analyzer's source with extensions that were computed for it and lie elsewhere: `extensions/<name>/…` comes
 * from there for those. Whoever reads the analyzer then reads them too.
 */
export async function joinedSource(source: Source, computed: Source): Promise<Source> {
  const added = (await computed.list('extensions')).filter((entry) => entry.isFolder && !entry.name.includes('.'));
  const names = new Set(added.map(({ name }) => name));
  const holder = (key: string): Source => {
    const [top, name] = key.split('/', 2);
    return top === 'extensions' && names.has(name) ? computed : source;
  };
  return {
    name: source.name,
    get: (key, options) => holder(key).get(key, options),
    getRange: (key, offset, length, options, into) => holder(key).getRange(key, offset, length, options, into),
    size: (key) => holder(key).size(key),
    async list(folder) {
      const entries = await holder(folder).list(folder);
      if (folder === '' && added.length > 0 && entries.every(({ name }) => name !== 'extensions')) {
        return [...entries, { name: 'extensions', isFolder: true }].sort((a, b) => (a.name < b.name ? -1 : 1));
      }
      if (folder !== 'extensions') return entries;
      return [...entries.filter(({ name }) => !names.has(name)), ...added].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    close: async () => void (await Promise.all([source.close?.(), computed.close?.()])),
  };
}
