import type { Migration } from './migration.ts';

export const scoresOfSources: Migration = {
  version: 4,
  what: 'every score that an imported table gives for a pair',
  up(database) {
    database.exec('ALTER TABLE group_sources ADD COLUMN scores TEXT');
  },
};
