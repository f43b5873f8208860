import { Failure } from '../failure.ts';

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** No JSON file above this is read: 64 MiB. */
export const maxJsonBytes = 2 ** 26;
const maxDepth = 200;
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads JSON as Python writes it: `NaN`, `Infinity` and `-Infinity` are numbers. Whole numbers that a double would
 * change (past 2^53) become their decimal text. Throws `analyzer.damaged` naming the file and the place, and
 * `analyzer.refused` where it is larger than `maxJsonBytes` or nested deeper than 200 levels.
 */
export function parseJson(bytes: Uint8Array, file: string): JsonValue {
  if (!(bytes.byteLength <= maxJsonBytes)) {
    throw new Failure(
      'analyzer.refused',
      `${file} is ${Math.round(bytes.byteLength / 2 ** 20)} MiB of JSON; at most 64 MiB is read. Remove what bloats it.`,
      {
        file,
        byteLength: bytes.byteLength,
      },
    );
  }
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (cause) {
    throw new Failure('analyzer.damaged', `${file} isn't UTF-8 text. Copy it again or save the analyzer again.`, { file }, cause);
  }
  return parseOrdinary(text) ?? new Reader(text, file).whole();
}

/** What the host reads just the same, faster; `undefined` where only the careful way can tell. */
function parseOrdinary(text: string): JsonValue | undefined {
  if (/\d{16}/.test(text)) return undefined;
  try {
    const value = JSON.parse(text) as JsonValue;
    // A level takes two characters at least.
    return text.length <= 2 * maxDepth || isShallow(value, 0) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isShallow(value: JsonValue, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= maxDepth) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object' && !isShallow(item, depth + 1)) return false;
    return true;
  }
  for (const key of Object.keys(value)) if (!isShallow(value[key], depth + 1)) return false;
  return true;
}

/** `parseJson`, and an object at the top. */
export function parseJsonObject(bytes: Uint8Array, file: string): JsonObject {
  return requireJsonObject(parseJson(bytes, file), file);
}

/** What was read, where it is an object; throws `analyzer.damaged` naming the file otherwise. */
export function requireJsonObject(value: JsonValue, file: string): JsonObject {
  if (!isJsonObject(value))
    throw new Failure('analyzer.damaged', `${file} should hold a JSON object. Copy it again or save the analyzer again.`, { file });
  return value;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const escapes: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

class Reader {
  private at = 0;
  private readonly text: string;
  private readonly file: string;

  constructor(text: string, file: string) {
    this.text = text;
    this.file = file;
  }

  whole(): JsonValue {
    this.skipSpace();
    const value = this.value(0);
    this.skipSpace();
    if (this.at !== this.text.length) throw this.damaged();
    return value;
  }

  private value(depth: number): JsonValue {
    if (depth > maxDepth) {
      throw new Failure(
        'analyzer.refused',
        `${this.file} is nested deeper than ${maxDepth} levels, which no analyzer needs. Save it again.`,
        {
          file: this.file,
        },
      );
    }
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      case 'N':
        return this.word('NaN', Number.NaN);
      case 'I':
        return this.word('Infinity', Number.POSITIVE_INFINITY);
      default:
        return this.number();
    }
  }

  private object(depth: number): JsonObject {
    const out: JsonObject = {};
    this.at += 1;
    this.skipSpace();
    if (this.take('}')) return out;
    for (;;) {
      this.skipSpace();
      if (this.text[this.at] !== '"') throw this.damaged();
      const key = this.string();
      this.skipSpace();
      if (!this.take(':')) throw this.damaged();
      this.skipSpace();
      const value = this.value(depth + 1);
      if (key === '__proto__') Object.defineProperty(out, key, { value, enumerable: true, configurable: true, writable: true });
      else out[key] = value;
      this.skipSpace();
      if (this.take('}')) return out;
      if (!this.take(',')) throw this.damaged();
    }
  }

  private array(depth: number): JsonValue[] {
    const out: JsonValue[] = [];
    this.at += 1;
    this.skipSpace();
    if (this.take(']')) return out;
    for (;;) {
      this.skipSpace();
      out.push(this.value(depth + 1));
      this.skipSpace();
      if (this.take(']')) return out;
      if (!this.take(',')) throw this.damaged();
    }
  }

  private string(): string {
    this.at += 1;
    let out = '';
    for (;;) {
      let end = this.at;
      while (isPlain(this.text.charCodeAt(end))) end += 1;
      out += this.text.slice(this.at, end);
      this.at = end;
      const next = this.text[end];
      if (next === '"') {
        this.at += 1;
        return out;
      }
      if (next !== '\\') throw this.damaged();
      const letter = this.text[this.at + 1];
      if (letter === 'u') {
        const digits = this.text.slice(this.at + 2, this.at + 6);
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.damaged();
        out += String.fromCharCode(Number.parseInt(digits, 16));
        this.at += 6;
      } else {
        if (letter === undefined || !Object.hasOwn(escapes, letter)) throw this.damaged();
        out += escapes[letter];
        this.at += 2;
      }
    }
  }

  private number(): number | string {
    if (this.text.startsWith('-Infinity', this.at)) {
      this.at += 9;
      return Number.NEGATIVE_INFINITY;
    }
    number.lastIndex = this.at;
    const digits = number.exec(this.text)?.[0];
    if (digits === undefined) throw this.damaged();
    this.at += digits.length;
    const value = Number(digits);
    return Number.isSafeInteger(value) || /[.eE]/.test(digits) || String(value) === digits ? value : digits;
  }

  private word<Value extends boolean | number | null>(word: string, value: Value): Value {
    if (!this.text.startsWith(word, this.at)) throw this.damaged();
    this.at += word.length;
    return value;
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at += 1;
    }
  }

  private damaged(): Failure {
    const cut = this.at >= this.text.length;
    return new Failure(
      'analyzer.damaged',
      `${this.file} isn't valid JSON: ${cut ? 'it ends too early' : `unexpected text at character ${this.at}`}. Copy it again or save the analyzer again.`,
      { file: this.file, at: this.at },
    );
  }
}

/** Neither a quote, a backslash, a control character nor the end. */
function isPlain(code: number): boolean {
  return code >= 0x20 && code !== 0x22 && code !== 0x5c;
}
