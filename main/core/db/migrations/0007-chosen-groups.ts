import type { Migration } from './migration.ts';

/** Groups that a person ticked: one row a session, since a lasso ticks a hundred thousand at once. */
export const chosenGroups: Migration = {
  version: 7,
  what: 'chosen groups',
  up(database) {
    database.exec(`
      CREATE TABLE chosen_groups (
        session_id TEXT PRIMARY KEY REFERENCES sessions (session_id),
        -- The seq of each ticked group, ascending, 4 bytes each, least first.
        seqs BLOB NOT NULL,
        revision INTEGER NOT NULL
      ) STRICT;
    `);
  },
};
