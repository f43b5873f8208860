import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

export type LogLevel = 'info' | 'warning' | 'error';

export interface Log {
  readonly file: string;
  info(what: string, fields?: Readonly<Record<string, unknown>>): void;
  warning(what: string, fields?: Readonly<Record<string, unknown>>): void;
  /** With an unexpected error: its text and stack are kept here and nowhere else. */
  error(what: string, error?: unknown, fields?: Readonly<Record<string, unknown>>): void;
  /** From now on this text never appears in the log, whole or URL-encoded. */
  registerSecret(secret: string): void;
}

export interface LogOptions {
  readonly name?: string;
  readonly maxBytes?: number;
  readonly keptFiles?: number;
  readonly now?: () => string;
}

const hidden = '[secret]';
const secretFields = /key|token|secret|password|authorization/i;
const harmlessFields = /tokens$|^(cacheKey|picture_keys)$/i;
const secretShapes = /\b(?:sk|pk|rk)-[A-Za-z0-9_-]{8,}|\bAIza[A-Za-z0-9_-]{20,}|\bBearer\s+[^\s"']+/g;

/**
 * JSON lines in `<folder>/samecell.log` (or another name), five files of five megabytes by default. Registered secrets and fields that are
 * called like one are hidden. A log that can't be written is given up silently: it must never stop the work.
 */
export function openLog(folder: string, options: LogOptions = {}): Log {
  const file = join(folder, options.name ?? 'samecell.log');
  const maxBytes = options.maxBytes ?? 5 * 1024 * 1024;
  const keptFiles = options.keptFiles ?? 5;
  const now = options.now ?? (() => new Date().toISOString());
  const secrets = new Set<string>();

  const clean = (line: string): string => {
    let text = line;
    for (const secret of secrets) text = text.replaceAll(secret, hidden);
    return text.replace(secretShapes, hidden);
  };

  const write = (level: LogLevel, what: string, fields: Readonly<Record<string, unknown>>): void => {
    const line = clean(JSON.stringify({ at: now(), level, pid: process.pid, what, ...fields }, hideSecretFields));
    try {
      rotateWhereFull(file, maxBytes, keptFiles);
      appendFileSync(file, `${line}\n`, { mode: 0o600 });
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') return;
      try {
        mkdirSync(dirname(file), { recursive: true });
        appendFileSync(file, `${line}\n`, { mode: 0o600 });
      } catch {
        // Nowhere to say it.
      }
    }
  };

  return {
    file,
    info: (what, fields = {}) => write('info', what, fields),
    warning: (what, fields = {}) => write('warning', what, fields),
    error: (what, error, fields = {}) => write('error', what, error === undefined ? fields : { ...fields, error: describe(error) }),
    registerSecret(secret) {
      // A short one would blacken ordinary words.
      if (secret.length < 6) return;
      for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) secrets.add(form);
    },
  };
}

function rotateWhereFull(file: string, maxBytes: number, keptFiles: number): void {
  let size: number;
  try {
    size = statSync(file).size;
  } catch {
    return;
  }
  if (size < maxBytes) return;
  for (let index = keptFiles - 1; index >= 1; index -= 1) {
    const from = index === 1 ? file : `${file}.${index - 1}`;
    try {
      renameSync(from, `${file}.${index}`);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }
}

function hideSecretFields(name: string, value: unknown): unknown {
  if (typeof value === 'string' && secretFields.test(name) && !harmlessFields.test(name)) return hidden;
  if (typeof value === 'bigint') return String(value);
  return value;
}

/** An error with its causes, as data. */
function describe(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return typeof error === 'object' && error !== null ? { ...error } : String(error);
  const { name, message, stack } = error;
  const more = 'kind' in error ? { kind: error.kind, details: 'details' in error ? error.details : undefined } : {};
  const cause = error.cause === undefined || depth > 4 ? undefined : describe(error.cause, depth + 1);
  return { name, message, ...more, stack, cause };
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
