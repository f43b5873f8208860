import { BoundedCache } from '../analyzer/bounded-cache.ts';
import { isJsonObject, type JsonValue, parseJsonObject } from '../analyzer/json.ts';
import type { ReadOptions, Source } from '../analyzer/source.ts';
import type { StoredAnalyzer } from '../analyzer/stored-analyzer.ts';
import { openZarr } from '../analyzer/zarr.ts';
import { Failure, isFailure } from '../failure.ts';
import { rawMember } from './raw-json.ts';

/** The JSON an extension is stored with, as written. */
export interface ExtensionJson {
  readonly params: string;
  readonly info: string | undefined;
  readonly runInfo: string | undefined;
}

/** JSON that is carried over untouched: seeds past 2^53 and Python's NaN would not survive being read and written. */
export interface StoredJson {
  readonly recordingAttributes: string;
  readonly probegroup: string | undefined;
  readonly annotations: string;
  /** What names the recording, where it can be read, with paths relative to the analyzer's folder. */
  readonly recording: string | undefined;
  extension(name: string): Promise<ExtensionJson>;
  /** Dictionaries that an extension holds beside its arrays, as JSON text. */
  objects(extension: string): Promise<readonly { readonly name: string; readonly text: string }[]>;
}

/** Reads the carried-over JSON of either form. */
export async function readStoredJson(source: Source, format: StoredAnalyzer['format'], options: ReadOptions): Promise<StoredJson> {
  const textOf = async (key: string): Promise<string | undefined> => {
    const bytes = await source.get(key, options);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  };
  if (format === 'phy') {
    throw new Failure(
      'merge.impossible',
      `${source.name} is a phy folder, and no analyzer can be written from one. Make an analyzer of it in SpikeInterface with si.read_phy and the recording first.`,
      { format },
    );
  }
  if (format === 'binary_folder') {
    return {
      recordingAttributes: (await textOf('recording_info/recording_attributes.json')) ?? '{}',
      probegroup: await textOf('recording_info/probegroup.json'),
      annotations: readable(await textOf('sorting/annotations.json')) ?? (await olderAnnotations(textOf)) ?? '{}',
      recording: readable(await textOf('recording.json')),
      extension: async (name) => ({
        params: (await textOf(`extensions/${name}/params.json`)) ?? '{}',
        info: await textOf(`extensions/${name}/info.json`),
        runInfo: await textOf(`extensions/${name}/run_info.json`),
      }),
      objects: async (extension) => {
        const entries = await source.list(`extensions/${extension}`);
        const files = entries.filter(({ name }) => /^(?!(?:params|info|run_info)\.json$)[^.].*\.json$/.test(name));
        const texts = await Promise.all(files.map(({ name }) => textOf(`extensions/${extension}/${name}`)));
        return files.map(({ name }, at) => ({ name: name.slice(0, -5), text: texts[at] ?? '{}' }));
      },
    };
  }
  const consolidated = await textOf('.zmetadata');
  const metadata = consolidated === undefined ? undefined : rawMember(consolidated, 'metadata');
  const attributesOf = async (group: string): Promise<string> => {
    const key = `${group}/.zattrs`;
    return (await textOf(key)) ?? (metadata === undefined ? undefined : rawMember(metadata, key)) ?? '{}';
  };
  const present = (text: string | undefined) => (text === 'null' ? undefined : text);
  const recordingInfo = await attributesOf('recording_info');
  return {
    recordingAttributes: rawMember(recordingInfo, 'recording_attributes') ?? '{}',
    probegroup: present(rawMember(recordingInfo, 'probegroup')),
    annotations: present(rawMember(await attributesOf('sorting'), 'annotations')) ?? '{}',
    recording: await zarrRecording(source, options),
    extension: async (name) => {
      const attributes = await attributesOf(`extensions/${name}`);
      return {
        params: rawMember(attributes, 'params') ?? '{}',
        info: present(rawMember(attributes, 'info')),
        runInfo: present(rawMember(attributes, 'run_info')),
      };
    },
    objects: (extension) => zarrObjects(source, extension, options),
  };
}

/** Up to 0.104 the sorting's annotations lie in the file that says how to load it. */
async function olderAnnotations(textOf: (key: string) => Promise<string | undefined>): Promise<string | undefined> {
  const folder = readable(await textOf('sorting/si_folder.json'));
  return folder === undefined ? undefined : readable(rawMember(folder, 'annotations'));
}

/** The text where it is a JSON object (as Python writes it), else nothing: what is damaged is not passed on. */
function readable(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    parseJsonObject(new TextEncoder().encode(text), '');
    return text;
  } catch (error) {
    if (isFailure(error)) return undefined;
    throw error;
  }
}

/** The link as `recording.json` would hold it; nothing where it is a pickle or has numbers that do not survive being read. */
async function zarrRecording(source: Source, options: ReadOptions): Promise<string | undefined> {
  try {
    const store = await openZarr(source, new BoundedCache(0), true, options);
    const [recording] = (await store.objects('recording', options)) ?? [];
    return recording === undefined || !isJsonObject(recording) || !survives(recording) ? undefined : JSON.stringify(recording, null, 4);
  } catch (error) {
    if (isFailure(error) && error.kind.startsWith('analyzer.')) return undefined;
    throw error;
  }
}

async function zarrObjects(source: Source, extension: string, options: ReadOptions): Promise<{ name: string; text: string }[]> {
  const store = await openZarr(source, new BoundedCache(0), true, options);
  const folder = `extensions/${extension}`;
  const out: { name: string; text: string }[] = [];
  for (const name of await store.children(folder)) {
    if ((await store.attributes(`${folder}/${name}`))['dict'] !== true) continue;
    const [value] = (await store.objects(`${folder}/${name}`, options)) ?? [];
    if (value !== undefined && survives(value)) out.push({ name, text: JSON.stringify(value) });
  }
  return out;
}

/** False for not-a-number, and for whole numbers past 2^53, which are read as text. */
function survives(value: JsonValue): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'string') return !/^-?[0-9]{16,}$/.test(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(survives);
}
