/** An analyzer as bytes in memory. */
export type Files = Map<string, Uint8Array<ArrayBuffer>>;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export type Random = () => number;

export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Mutation {
  readonly name: string;
  apply(files: Files, random: Random): void;
}

const pick = <Item>(items: readonly Item[], random: Random): Item => items[Math.floor(random() * items.length)];
/** The files of a pattern; all where there is none. */
const keysOf = (files: Files, pattern: RegExp): string[] => {
  const found = [...files.keys()].filter((key) => pattern.test(key));
  return found.length > 0 ? found : [...files.keys()];
};
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder('latin1').decode(bytes);

const strangeNumbers = [0, -1, 1.5, 2 ** 31, 2 ** 53, 1e308, Number.NaN, Number.POSITIVE_INFINITY];
const strangeValues = [
  'null',
  '[]',
  '{}',
  '""',
  '"../../etc/passwd"',
  'true',
  '[[[[]]]]',
  `"${'x'.repeat(5000)}"`,
  '{"__proto__": {"a": 1}}',
];
const strangeSettings = [
  "r'/etc/passwd'",
  "'../../..'",
  '-1',
  '0',
  '1e400',
  'nan',
  'None',
  '__import__("os")',
  '[1, 2',
  '"',
  'True',
  "'int99'",
];
const strangeIntegers = [-1n, -(2n ** 63n), 2n ** 63n - 1n, 2n ** 31n, 2n ** 53n + 1n, 10n ** 9n];
const types = ['<f4', '<f8', '>f4', '<i8', '|i1', '<u2', '|b1', '<U3', '|S5', '|O', '<c16', '<M8[s]'];

/** Each spoils a folder in one way that disks, copies, old programs or ill will can. */
export const mutations: readonly Mutation[] = [
  {
    name: 'flipped bits',
    apply: (files, random) => {
      const key = pick([...files.keys()], random);
      const bytes = files.get(key)?.slice() ?? new Uint8Array(0);
      const flips = 1 + Math.floor(random() * 8);
      for (let flip = 0; flip < flips && bytes.length > 0; flip += 1)
        bytes[Math.floor(random() * bytes.length)] ^= 1 << Math.floor(random() * 8);
      files.set(key, bytes);
    },
  },
  {
    name: 'flipped bits in a header',
    apply: (files, random) => {
      const key = pick(keysOf(files, /\.npy$|\/0(\.0)*$/), random);
      const bytes = files.get(key)?.slice() ?? new Uint8Array(0);
      for (let flip = 0; flip < 3 && bytes.length > 0; flip += 1)
        bytes[Math.floor(random() * Math.min(128, bytes.length))] = Math.floor(random() * 256);
      files.set(key, bytes);
    },
  },
  {
    name: 'a truncated file',
    apply: (files, random) => {
      const key = pick([...files.keys()], random);
      const bytes = files.get(key) ?? new Uint8Array(0);
      files.set(key, bytes.slice(0, Math.floor(random() * bytes.length)));
    },
  },
  { name: 'a deleted file', apply: (files, random) => void files.delete(pick([...files.keys()], random)) },
  {
    name: 'two files exchanged',
    apply: (files, random) => {
      const [a, b] = [pick([...files.keys()], random), pick([...files.keys()], random)];
      const [left, right] = [files.get(a), files.get(b)];
      if (left !== undefined && right !== undefined) files.set(a, right).set(b, left);
    },
  },
  {
    name: 'another element type',
    apply: (files, random) => {
      rewrite(files, random, /\.npy$|\.zarray$|\.zmetadata$/, /(["'])[<>|][a-zA-Z]\d+\1/g, () => `"${pick(types, random)}"`);
    },
  },
  {
    name: 'a giant or impossible shape',
    apply: (files, random) => {
      rewrite(files, random, /\.npy$/, /\(\d+,/g, () => `(${pick(strangeNumbers, random)},`);
      rewrite(files, random, /\.zarray$|\.zmetadata$/, /("(?:shape|chunks)": \[\s*)\d+/g, (found) =>
        found.replace(/\d+$/, String(pick(strangeNumbers, random))),
      );
    },
  },
  {
    name: 'a strange number in JSON',
    apply: (files, random) =>
      rewrite(files, random, /\.json$|\.zattrs$|\.zmetadata$/, /\d+(\.\d+)?/g, () => String(pick(strangeNumbers, random))),
  },
  {
    name: 'a strange value in JSON',
    apply: (files, random) =>
      rewrite(files, random, /\.json$|\.zattrs$|\.zmetadata$/, /"[^"]*"(?=\s*[,\]}])|\d+(\.\d+)?/g, () => pick(strangeValues, random)),
  },
  {
    name: 'a renamed field',
    apply: (files, random) => rewrite(files, random, /\.json$|\.zattrs$|\.zmetadata$|\.npy$/, /["'][a-z_]+["']/g, () => '"renamed"'),
  },
  {
    name: 'deep JSON',
    apply: (files, random) => void files.set(pick(keysOf(files, /\.json$|\.zattrs$|\.zmetadata$/), random), bytesOf('['.repeat(50_000))),
  },
  {
    name: 'a pickle',
    apply: (files, random) => void files.set(pick(keysOf(files, /\.npy$|\/0(\.0)*$/), random), bytesOf("cos\nsystem\n(S'true'\ntR.")),
  },
  {
    name: 'random bytes',
    apply: (files, random) => {
      const noise = new Uint8Array(Math.floor(random() * 4000)).map(() => Math.floor(random() * 256));
      files.set(pick([...files.keys()], random), noise);
    },
  },
  {
    name: 'a table with rows gone',
    apply: (files, random) =>
      rewrite(files, random, /\.[ct]sv$/, /\n[^\n]*/g, () =>
        pick(['', '\n"', '\n,,,,', '\n1,2', '\n1\t2\t3', '\n-1\t', '\n1e9\tgood'], random),
      ),
  },
  {
    name: 'a strange setting in Python',
    apply: (files, random) => rewrite(files, random, /\.py$/, /(?<== ?)[^\n]+/g, () => pick(strangeSettings, random)),
  },
  {
    name: 'a Python file that nests deep',
    apply: (files, random) =>
      rewrite(files, random, /\.py$/, /(?<== ?)[^\n]+/g, () => pick(['(', '[', '{', 'r"""'], random).repeat(20_000)),
  },
  {
    name: 'a number in an array that belongs elsewhere',
    apply: (files, random) => {
      const key = pick(keysOf(files, /\.npy$/), random);
      const bytes = files.get(key)?.slice() ?? new Uint8Array(0);
      const at = 8 * Math.floor((random() * (bytes.length - 8)) / 8);
      if (at >= 80) new DataView(bytes.buffer).setBigInt64(at, pick(strangeIntegers, random), true);
      files.set(key, bytes);
    },
  },
  {
    name: 'a chunk that claims another size',
    apply: (files, random) => {
      const key = pick(keysOf(files, /\/0(\.0)*$|\.npy$/), random);
      const bytes = files.get(key)?.slice() ?? new Uint8Array(0);
      if (bytes.length >= 16) new DataView(bytes.buffer).setUint32(pick([4, 8, 12], random), Math.floor(random() * 2 ** 32), true);
      files.set(key, bytes);
    },
  },
];

/** Replaces one occurrence, at random, in one file at random. */
function rewrite(files: Files, random: Random, file: RegExp, found: RegExp, by: (text: string) => string): void {
  const keys = [...files.keys()].filter((key) => file.test(key));
  if (keys.length === 0) return;
  const key = pick(keys, random);
  const bytes = files.get(key) ?? new Uint8Array(0);
  const headLength = key.endsWith('.npy') ? Math.min(bytes.length, 256) : bytes.length;
  const head = textOf(bytes.subarray(0, headLength));
  const places = [...head.matchAll(found)];
  if (places.length === 0) return;
  const place = pick(places, random);
  const at = place.index;
  const changed = head.slice(0, at) + by(place[0]) + head.slice(at + place[0].length);
  // A header keeps its length, as it would where only its text were changed.
  const padded = key.endsWith('.npy') ? changed.slice(0, headLength).padEnd(headLength, ' ') : changed;
  const start = Uint8Array.from(padded, (character) => character.charCodeAt(0) & 0xff);
  const out = new Uint8Array(start.length + bytes.length - headLength);
  out.set(start);
  out.set(bytes.subarray(headLength), start.length);
  files.set(key, out);
}
