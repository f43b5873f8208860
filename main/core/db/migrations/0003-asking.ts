import type { Migration } from './migration.ts';

/** What was asked in all its parts: own prompts, votes, answers for reuse, provider batches, and the whole log of requests. */
export const asking: Migration = {
  version: 3,
  what: 'asking',
  up(database) {
    database.exec(`
      ALTER TABLE requests ADD COLUMN model TEXT;
      ALTER TABLE requests ADD COLUMN failure TEXT;
      ALTER TABLE requests ADD COLUMN received_bytes INTEGER;

      -- A person's own versions of prompts; those that ship are files. Never changed: an edit is a new version.
      CREATE TABLE prompts (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        prompt_id TEXT NOT NULL,
        version TEXT NOT NULL,
        mode TEXT NOT NULL CHECK (mode IN ('one call', 'panel')),
        name TEXT NOT NULL,
        system TEXT NOT NULL,
        expert TEXT,
        guidance TEXT NOT NULL,
        hash TEXT NOT NULL,
        based_on TEXT NOT NULL,
        created_at TEXT NOT NULL,
        UNIQUE (prompt_id, version)
      ) STRICT;
      CREATE TRIGGER prompts_are_kept BEFORE DELETE ON prompts
        BEGIN SELECT RAISE(ABORT, 'prompts is append only'); END;
      CREATE TRIGGER prompts_are_final BEFORE UPDATE ON prompts
        BEGIN SELECT RAISE(ABORT, 'prompts is append only'); END;

      CREATE TABLE verdict_votes (
        verdict_id TEXT NOT NULL REFERENCES verdicts (verdict_id),
        position INTEGER NOT NULL,
        verdict TEXT NOT NULL CHECK (verdict IN ('merge', 'not merge', 'unsure')),
        confidence REAL NOT NULL,
        reasoning TEXT NOT NULL,
        features TEXT NOT NULL,
        cells TEXT,
        -- JSON array: which unit of the group, by its place, stood under the first letter, the second, …
        unit_order TEXT NOT NULL,
        cached INTEGER NOT NULL,
        PRIMARY KEY (verdict_id, position)
      ) STRICT, WITHOUT ROWID;

      -- Readable answers by the SHA-256 of everything that was asked. Pictures stand in the key by their own hash.
      CREATE TABLE answers (
        cache_key TEXT PRIMARY KEY,
        judge TEXT NOT NULL,
        model TEXT NOT NULL,
        reply TEXT NOT NULL,
        created_at TEXT NOT NULL
      ) STRICT;

      CREATE TABLE provider_batches (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        provider_batch_id TEXT NOT NULL UNIQUE,
        batch_id TEXT NOT NULL REFERENCES batches (batch_id),
        -- What the provider calls it; not known while it is being sent, nor where sending broke off.
        remote_id TEXT,
        state TEXT NOT NULL CHECK (state IN ('sending', 'waiting', 'collected', 'failed', 'cancelled')),
        detail TEXT,
        submitted_at TEXT NOT NULL,
        polled_at TEXT,
        collected_at TEXT
      ) STRICT;
      CREATE INDEX provider_batches_of_batch ON provider_batches (batch_id, seq);

      CREATE TABLE provider_requests (
        request_id TEXT PRIMARY KEY,
        provider_batch_id TEXT NOT NULL REFERENCES provider_batches (provider_batch_id),
        item_id TEXT NOT NULL REFERENCES batch_items (item_id),
        -- Everything that is needed to read the reply: expected answer, order of the units, pictures, numbers, words.
        asked TEXT NOT NULL
      ) STRICT;
      CREATE INDEX provider_requests_of_batch ON provider_requests (provider_batch_id);
      CREATE INDEX provider_requests_of_item ON provider_requests (item_id);
    `);
  },
};
