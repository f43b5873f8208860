import type { Database } from 'better-sqlite3';

export interface SavedPipeline {
  readonly name: string;
  readonly steps: readonly string[];
  readonly params: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly resolveGraph: boolean;
}

interface Raw {
  name: string;
  steps: string;
  params: string;
  resolveGraph: number;
}

/** Orders of candidate steps with their parameters, under names a person gave. */
export function savedPipelinesTable(database: Database, now: () => string) {
  const all = database.prepare('SELECT name, steps, params, resolve_graph AS resolveGraph FROM saved_pipelines ORDER BY name');
  const put = database.prepare(
    `INSERT INTO saved_pipelines (name, steps, params, resolve_graph, updated_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET steps = excluded.steps, params = excluded.params, resolve_graph = excluded.resolve_graph,
       updated_at = excluded.updated_at`,
  );
  const remove = database.prepare('DELETE FROM saved_pipelines WHERE name = ?');
  return {
    all: (): SavedPipeline[] =>
      (all.all() as Raw[]).map(({ name, steps, params, resolveGraph }) => ({
        name,
        steps: JSON.parse(steps),
        params: JSON.parse(params),
        resolveGraph: resolveGraph === 1,
      })),
    put({ name, steps, params, resolveGraph }: SavedPipeline): void {
      put.run(name, JSON.stringify(steps), JSON.stringify(params), resolveGraph ? 1 : 0, now());
    },
    /** False where there was none of that name. */
    remove: (name: string): boolean => remove.run(name).changes > 0,
  };
}
