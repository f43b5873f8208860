import type { Database } from 'better-sqlite3';
import type { AskingMode, Prompt } from '../../../../app/judges/prompts/prompt.ts';

/** A person's own version of a prompt. `title` is the name they gave it. */
export interface OwnPrompt extends Prompt {
  readonly mode: AskingMode;
  readonly hash: string;
  /** The version it was changed from. */
  readonly basedOn: string;
  readonly createdAt: string;
}

interface Raw {
  id: string;
  version: string;
  mode: AskingMode;
  title: string;
  system: string;
  expert: string | null;
  guidance: string;
  hash: string;
  basedOn: string;
  createdAt: string;
}

/** Prompts that a person wrote. Append only. */
export function promptsTable(database: Database, now: () => string) {
  const select = `SELECT prompt_id AS id, version, mode, name AS title, system, expert, guidance, hash, based_on AS basedOn,
      created_at AS createdAt FROM prompts`;
  const all = database.prepare([select, 'ORDER BY seq'].join(' '));
  const one = database.prepare([select, 'WHERE prompt_id = ? AND version = ?'].join(' '));
  const count = database.prepare('SELECT COUNT(*) AS count FROM prompts WHERE prompt_id = ?');
  const insert = database.prepare(
    `INSERT INTO prompts (prompt_id, version, mode, name, system, expert, guidance, hash, based_on, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const record = ({ expert, guidance, ...raw }: Raw): OwnPrompt => ({
    ...raw,
    ...(expert === null ? {} : { expert }),
    guidance: JSON.parse(guidance),
  });
  return {
    /** Oldest first. */
    all: () => (all.all() as Raw[]).map(record),
    byVersion(id: string, version: string): OwnPrompt | undefined {
      const raw = one.get(id, version) as Raw | undefined;
      return raw && record(raw);
    },
    countOf: (id: string) => (count.get(id) as { count: number }).count,
    add(prompt: Omit<OwnPrompt, 'createdAt'>): void {
      const { id, version, mode, title, system, expert, guidance, hash, basedOn } = prompt;
      insert.run(id, version, mode, title, system, expert ?? null, JSON.stringify(guidance), hash, basedOn, now());
    },
  };
}
