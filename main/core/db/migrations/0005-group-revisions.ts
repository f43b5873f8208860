import type { Migration } from './migration.ts';

/** Each group has the number of its newest change, so that a list kept in memory reads only what changed since. */
export const groupRevisions: Migration = {
  version: 5,
  what: 'group revisions',
  up(database) {
    database.exec(`
      ALTER TABLE groups ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
      CREATE INDEX groups_by_revision ON groups (revision);

      -- Changes of the row itself say so themselves; these are what is said about a group elsewhere.
      CREATE TRIGGER group_sources_added AFTER INSERT ON group_sources
        BEGIN UPDATE groups SET revision = (SELECT MAX(revision) + 1 FROM groups) WHERE group_id = NEW.group_id; END;
      CREATE TRIGGER group_sources_changed AFTER UPDATE ON group_sources
        BEGIN UPDATE groups SET revision = (SELECT MAX(revision) + 1 FROM groups) WHERE group_id = NEW.group_id; END;
      CREATE TRIGGER verdicts_added AFTER INSERT ON verdicts
        BEGIN UPDATE groups SET revision = (SELECT MAX(revision) + 1 FROM groups) WHERE group_id = NEW.group_id; END;
      CREATE TRIGGER examples_added AFTER INSERT ON examples
        BEGIN UPDATE groups SET revision = (SELECT MAX(revision) + 1 FROM groups) WHERE group_id = NEW.group_id; END;
      CREATE TRIGGER examples_retired AFTER UPDATE OF retired_at ON examples
        BEGIN UPDATE groups SET revision = (SELECT MAX(revision) + 1 FROM groups) WHERE group_id = NEW.group_id; END;
      CREATE TRIGGER batch_items_ended AFTER UPDATE OF state ON batch_items
        WHEN OLD.state IN ('done', 'failed') OR NEW.state IN ('done', 'failed')
        BEGIN UPDATE groups SET revision = (SELECT MAX(revision) + 1 FROM groups) WHERE group_id = NEW.group_id; END;
    `);
  },
};
