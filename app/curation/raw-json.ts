/** A value of a JSON text, as it stands there: numbers past 2^53 and Python's NaN survive. */
export interface RawMember {
  readonly key: string;
  readonly text: string;
}

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;

/** The members of the object that `text` is, each with its own text; empty where it is no object. */
export function rawMembers(text: string): RawMember[] {
  const members: RawMember[] = [];
  let depth = 0;
  let key: string | undefined;
  let start = -1;
  for (const match of text.matchAll(token)) {
    const [word] = match;
    const end = match.index + word.length;
    if (word === '{' || word === '[') {
      depth += 1;
      if (depth === 1 && word === '[') return [];
      if (depth === 2 && key !== undefined && start < 0) start = match.index;
    } else if (word === '}' || word === ']') {
      if (depth === 1 && key !== undefined && start >= 0) members.push({ key, text: text.slice(start, match.index).trimEnd() });
      depth -= 1;
    } else if (depth === 1 && word === ',') {
      if (key !== undefined && start >= 0) members.push({ key, text: text.slice(start, match.index).trimEnd() });
      key = undefined;
      start = -1;
    } else if (depth === 1 && word !== ':') {
      if (key === undefined) key = String(JSON.parse(word));
      else if (start < 0) start = match.index;
    }
    if (end === text.length) break;
  }
  return members;
}

/** The text of one member, or `undefined` where the object does not have it. */
export function rawMember(text: string, key: string): string | undefined {
  return rawMembers(text).find((member) => member.key === key)?.text;
}

/** The object with some of its members given anew, everything else as written. */
export function replaceMembers(text: string, members: Readonly<Record<string, string>>): string {
  if (Object.keys(members).length === 0) return text;
  return `{${rawMembers(text)
    .map(({ key, text: value }) => `${JSON.stringify(key)}: ${members[key] ?? value}`)
    .join(', ')}}`;
}

/** Replaces text values by what `change` gives for them, leaving everything else as written. A value in a list counts under the list's key. */
export function replaceTexts(text: string, change: (key: string, value: string) => string): string {
  let out = '';
  let copied = 0;
  const path: { readonly kind: '{' | '['; key: string }[] = [];
  let key: string | undefined;
  for (const match of text.matchAll(token)) {
    const [word] = match;
    const level = path.at(-1);
    if (word === '{' || word === '[') path.push({ kind: word, key: key ?? level?.key ?? '' });
    else if (word === '}' || word === ']') path.pop();
    if (word[0] !== '"') {
      if (word !== ':') key = undefined;
      continue;
    }
    if (level?.kind === '{' && key === undefined) {
      key = String(JSON.parse(word));
      continue;
    }
    const value = String(JSON.parse(word));
    const changed = change(key ?? level?.key ?? '', value);
    if (changed !== value) {
      out += text.slice(copied, match.index) + JSON.stringify(changed);
      copied = match.index + word.length;
    }
    key = undefined;
  }
  return out + text.slice(copied);
}
