import type { Database } from 'better-sqlite3';
import { type ModelRow, modelRowSchema } from '../../../../app/contract/model-row.ts';
import type { OwnModel } from '../../../../app/judges/own-models.ts';

export interface OwnModelRecord extends OwnModel {
  readonly origin: 'person' | 'list';
  readonly changedAt: string;
}

export interface ModelListRecord {
  readonly host: string;
  readonly names: readonly string[];
  readonly askedAt: string;
}

/** Rows of a person's own over the shipped table of models, and the providers' own lists as they were last. */
export function ownModelsTable(database: Database, now: () => string) {
  const all = database.prepare(
    'SELECT provider, model_id AS id, row, origin, changed_at AS changedAt FROM own_models ORDER BY provider, changed_at, model_id',
  );
  const put = database.prepare(
    `INSERT INTO own_models (provider, model_id, row, origin, changed_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (provider, model_id) DO UPDATE SET row = excluded.row, origin = excluded.origin, changed_at = excluded.changed_at`,
  );
  const drop = database.prepare('DELETE FROM own_models WHERE provider = ? AND (? IS NULL OR model_id = ?)');
  const list = database.prepare('SELECT host, names, asked_at AS askedAt FROM model_lists WHERE provider = ?');
  const putList = database.prepare(
    `INSERT INTO model_lists (provider, host, names, asked_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (provider) DO UPDATE SET host = excluded.host, names = excluded.names, asked_at = excluded.asked_at`,
  );
  const dropList = database.prepare('DELETE FROM model_lists WHERE provider = ?');
  return {
    all: (): OwnModelRecord[] =>
      (all.all() as (Omit<OwnModelRecord, 'row'> & { row: string | null })[]).flatMap(({ row, ...rest }): OwnModelRecord | [] => {
        if (row === null) return { ...rest, row: undefined };
        // One of a newer Samecell that this one can't read is as if it were not there.
        const parsed = modelRowSchema.safeParse(JSON.parse(row));
        return parsed.success ? { ...rest, row: parsed.data } : [];
      }),
    put(provider: string, id: string, row: ModelRow | undefined, origin: OwnModelRecord['origin']): void {
      put.run(provider, id, row === undefined ? null : JSON.stringify(row), origin, now());
    },
    /** Back to what ships: one model, or all of the provider. */
    drop(provider: string, id?: string): void {
      drop.run(provider, id ?? null, id ?? null);
    },
    listOf(provider: string): ModelListRecord | undefined {
      const row = list.get(provider) as { host: string; names: string; askedAt: string } | undefined;
      return row && { ...row, names: JSON.parse(row.names) as string[] };
    },
    putList(provider: string, host: string, names: readonly string[]): void {
      putList.run(provider, host, JSON.stringify(names), now());
    },
    dropList(provider: string): void {
      dropList.run(provider);
    },
  };
}
