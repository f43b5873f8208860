import { appendFileSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The log of the shell: one JSON object a line. Never throws; a disk that can't be written loses lines, not work. */
export interface Record {
  readonly file: string;
  write(what: string, fields: { readonly [name: string]: unknown }): void;
  /** From here on this text is replaced wherever it appears. */
  hide(secret: string): void;
}

const largestBytes = 5 * 1024 * 1024;
const files = 5;
const secretNames = /key|token|secret|password|authorization/i;
const secretShapes = /\b(sk-[A-Za-z0-9_-]{8,}|AIza[A-Za-z0-9_-]{20,}|Bearer\s+\S+)/g;

/** Writes to `window.log` in a folder, keeping the last five files of 5 MB. */
export function openRecord(folder: string, now: () => Date = () => new Date()): Record {
  const file = join(folder, 'window.log');
  const secrets: string[] = [];
  try {
    mkdirSync(folder, { recursive: true });
  } catch {}

  function clean(name: string, value: unknown): unknown {
    if (secretNames.test(name)) return '…';
    if (value instanceof Error) return cleanText(value.stack ?? value.message);
    if (typeof value === 'string') return cleanText(value);
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, clean(field, inner)]));
    return value;
  }

  function cleanText(text: string): string {
    let cleaned = text.replace(secretShapes, '…');
    for (const secret of secrets) cleaned = cleaned.split(secret).join('…');
    return cleaned;
  }

  return {
    file,
    hide(secret) {
      if (secret.length >= 4) secrets.push(secret);
    },
    write(what, fields) {
      try {
        const entry = { at: now().toISOString(), what, ...(clean('', fields) as object) };
        turn(file);
        appendFileSync(file, `${JSON.stringify(entry)}\n`);
      } catch {}
    },
  };
}

function turn(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size < largestBytes) return;
  rmSync(`${file}.${files - 1}`, { force: true });
  for (let age = files - 2; age >= 1; age--) {
    if (statSync(`${file}.${age}`, { throwIfNoEntry: false })) renameSync(`${file}.${age}`, `${file}.${age + 1}`);
  }
  renameSync(file, `${file}.1`);
}
