import type { Migration } from './migration.ts';

/** Where groups came from, pipelines and table views under names, measured numbers. */
export const sourcesAndPipelines: Migration = {
  version: 2,
  what: 'sources and pipelines',
  up(database) {
    database.exec(`
      CREATE TABLE group_sources (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        group_id TEXT NOT NULL REFERENCES groups (group_id),
        origin TEXT NOT NULL CHECK (origin IN ('search', 'hand', 'import')),
        -- The preset, pipeline or file it came from.
        name TEXT NOT NULL,
        score REAL,
        created_at TEXT NOT NULL,
        UNIQUE (group_id, origin, name)
      ) STRICT;

      CREATE TABLE saved_pipelines (
        name TEXT PRIMARY KEY,
        steps TEXT NOT NULL,
        params TEXT NOT NULL,
        resolve_graph INTEGER NOT NULL,
        updated_at TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE saved_views (
        name TEXT PRIMARY KEY,
        content TEXT NOT NULL,
        updated_at TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

      -- Numbers of one pair of units of one content; measured anew where the numbers' version is another.
      CREATE TABLE measured_pairs (
        fingerprint TEXT NOT NULL,
        units TEXT NOT NULL,
        version TEXT NOT NULL,
        numbers TEXT NOT NULL,
        PRIMARY KEY (fingerprint, units)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE number_distributions (
        fingerprint TEXT PRIMARY KEY,
        version TEXT NOT NULL,
        content TEXT NOT NULL,
        created_at TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

      INSERT INTO group_sources (group_id, origin, name, score, created_at)
        SELECT group_id, origin, CASE origin WHEN 'search' THEN 'template_similarity' ELSE '' END, NULL, created_at FROM groups;
    `);
  },
};
