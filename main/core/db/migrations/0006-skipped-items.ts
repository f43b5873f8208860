import type { Migration } from './migration.ts';

/** A group of a run can be `skipped`: left out with a reason, which stands where a failure would. */
export const skippedItems: Migration = {
  version: 6,
  what: 'skipped items',
  up(database) {
    database.exec(`
      CREATE TABLE new_batch_items (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        item_id TEXT NOT NULL UNIQUE,
        batch_id TEXT NOT NULL REFERENCES batches (batch_id),
        group_id TEXT NOT NULL REFERENCES groups (group_id),
        position INTEGER NOT NULL,
        state TEXT NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'running', 'done', 'failed', 'skipped')),
        claimed_count INTEGER NOT NULL DEFAULT 0,
        failure TEXT,
        ended_at TEXT,
        input_tokens INTEGER NOT NULL DEFAULT 0,
        output_tokens INTEGER NOT NULL DEFAULT 0,
        cached_input_tokens INTEGER NOT NULL DEFAULT 0,
        cost_usd REAL,
        latency_ms REAL NOT NULL DEFAULT 0,
        request_count INTEGER NOT NULL DEFAULT 0,
        UNIQUE (batch_id, group_id),
        UNIQUE (batch_id, position)
      ) STRICT;
      INSERT INTO new_batch_items SELECT seq, item_id, batch_id, group_id, position, state, claimed_count, failure, ended_at, input_tokens,
        output_tokens, cached_input_tokens, cost_usd, latency_ms, request_count FROM batch_items;
      DROP TABLE batch_items;
      ALTER TABLE new_batch_items RENAME TO batch_items;
      CREATE INDEX batch_items_in_state ON batch_items (batch_id, state, position);
      CREATE INDEX batch_items_of_group ON batch_items (group_id, ended_at);
      CREATE TRIGGER batch_items_ended AFTER UPDATE OF state ON batch_items
        WHEN OLD.state IN ('done', 'failed', 'skipped') OR NEW.state IN ('done', 'failed', 'skipped')
        BEGIN UPDATE groups SET revision = (SELECT MAX(revision) + 1 FROM groups) WHERE group_id = NEW.group_id; END;
    `);
  },
};
