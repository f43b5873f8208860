/** A value of the Python subset that NumPy headers use; tuples and lists both become arrays. */
export type PythonLiteral = string | number | boolean | null | PythonLiteral[] | { [key: string]: PythonLiteral };

const maxDepth = 16;

/** Reads a Python literal (dict, list, tuple, string, integer, True, False, None). Throws `SyntaxError` on anything else. */
export function parsePythonLiteral(text: string): PythonLiteral {
  let at = 0;

  function fail(): never {
    throw new SyntaxError(`unexpected text at ${at}`);
  }
  function skipSpace(): void {
    while (at < text.length && (text[at] === ' ' || text[at] === '\n' || text[at] === '\t' || text[at] === '\r')) at += 1;
  }
  function value(depth: number): PythonLiteral {
    if (depth > maxDepth) fail();
    skipSpace();
    const first = text[at];
    if (first === '{') return dict(depth);
    if (first === '(') return sequence(')', depth);
    if (first === '[') return sequence(']', depth);
    if (first === "'" || first === '"') return quoted();
    const word = /^(?:True|False|None|-?\d+L?)/.exec(text.slice(at, at + 40))?.[0];
    if (word === undefined) fail();
    at += word.length;
    if (word === 'True') return true;
    if (word === 'False') return false;
    if (word === 'None') return null;
    return Number(word.replace('L', ''));
  }
  function sequence(end: string, depth: number): PythonLiteral[] {
    at += 1;
    const items: PythonLiteral[] = [];
    for (;;) {
      skipSpace();
      if (text[at] === end) break;
      items.push(value(depth + 1));
      skipSpace();
      if (text[at] === ',') at += 1;
      else if (text[at] !== end) fail();
    }
    at += 1;
    return items;
  }
  function dict(depth: number): { [key: string]: PythonLiteral } {
    at += 1;
    const entries = Object.create(null) as { [key: string]: PythonLiteral };
    for (;;) {
      skipSpace();
      if (text[at] === '}') break;
      const quote = text[at];
      if (quote !== "'" && quote !== '"') fail();
      const key = quoted();
      skipSpace();
      if (text[at] !== ':') fail();
      at += 1;
      entries[key] = value(depth + 1);
      skipSpace();
      if (text[at] === ',') at += 1;
      else if (text[at] !== '}') fail();
    }
    at += 1;
    return entries;
  }
  function quoted(): string {
    const quote = text[at];
    at += 1;
    let out = '';
    while (at < text.length && text[at] !== quote) {
      if (text[at] === '\\') {
        const escaped = /^\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([\\'"]))/i.exec(text.slice(at, at + 10));
        if (escaped === null) fail();
        const code = Number.parseInt(escaped[1] ?? escaped[2] ?? escaped[3] ?? '0', 16);
        if (!(code <= 0x10ffff)) fail();
        out += escaped[4] ?? String.fromCodePoint(code);
        at += escaped[0].length;
      } else {
        out += text[at];
        at += 1;
      }
    }
    if (at >= text.length) fail();
    at += 1;
    return out;
  }

  const result = value(0);
  skipSpace();
  if (at !== text.length) fail();
  return result;
}
