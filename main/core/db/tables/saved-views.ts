import type { Database } from 'better-sqlite3';

export interface SavedView {
  readonly name: string;
  readonly columns: readonly string[];
  readonly filter: string;
}

/** Choices of columns and filters of the table of pairs, under names a person gave. */
export function savedViewsTable(database: Database, now: () => string) {
  const all = database.prepare('SELECT name, content FROM saved_views ORDER BY name');
  const put = database.prepare(
    `INSERT INTO saved_views (name, content, updated_at) VALUES (?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET content = excluded.content, updated_at = excluded.updated_at`,
  );
  const remove = database.prepare('DELETE FROM saved_views WHERE name = ?');
  return {
    all: (): SavedView[] =>
      (all.all() as { name: string; content: string }[]).map(({ name, content }) => ({ name, ...JSON.parse(content) })),
    put({ name, columns, filter }: SavedView): void {
      put.run(name, JSON.stringify({ columns, filter }), now());
    },
    /** False where there was none of that name. */
    remove: (name: string): boolean => remove.run(name).changes > 0,
  };
}
