import type { Migration } from './migration.ts';

/** A person's own layer over the shipped table of models, and what each provider's own list said last. */
export const ownModels: Migration = {
  version: 8,
  what: 'own models',
  up(database) {
    database.exec(`
      CREATE TABLE own_models (
        provider TEXT NOT NULL,
        model_id TEXT NOT NULL,
        -- JSON of the row; NULL where the model was taken off the table.
        row TEXT,
        -- Who said so: a person, or the provider's own list.
        origin TEXT NOT NULL CHECK (origin IN ('person', 'list')),
        changed_at TEXT NOT NULL,
        PRIMARY KEY (provider, model_id)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE model_lists (
        provider TEXT PRIMARY KEY,
        host TEXT NOT NULL,
        -- JSON array of names.
        names TEXT NOT NULL,
        asked_at TEXT NOT NULL
      ) STRICT;
    `);
  },
};
