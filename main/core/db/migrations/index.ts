import { ground } from './0001-ground.ts';
import { sourcesAndPipelines } from './0002-sources-and-pipelines.ts';
import { asking } from './0003-asking.ts';
import { scoresOfSources } from './0004-scores-of-sources.ts';
import { groupRevisions } from './0005-group-revisions.ts';
import { skippedItems } from './0006-skipped-items.ts';
import { chosenGroups } from './0007-chosen-groups.ts';
import { ownModels } from './0008-own-models.ts';
import type { Migration } from './migration.ts';

/** Every migration in order. Append only. */
export const migrations: readonly Migration[] = [
  ground,
  sourcesAndPipelines,
  asking,
  scoresOfSources,
  groupRevisions,
  skippedItems,
  chosenGroups,
  ownModels,
];
