import type { Database } from 'better-sqlite3';
import { analyzersTable } from './tables/analyzers.ts';
import { answersTable } from './tables/answers.ts';
import { appliedOutputsTable } from './tables/applied-outputs.ts';
import { batchesTable } from './tables/batches.ts';
import { candidateRunsTable } from './tables/candidate-runs.ts';
import { chosenGroupsTable } from './tables/chosen-groups.ts';
import { decisionEventsTable } from './tables/decision-events.ts';
import { examplesTable } from './tables/examples.ts';
import { groupSourcesTable } from './tables/group-sources.ts';
import { groupsTable } from './tables/groups.ts';
import { measuredNumbersTable } from './tables/measured-numbers.ts';
import { ownModelsTable } from './tables/own-models.ts';
import { picturesTable } from './tables/pictures.ts';
import { processesTable } from './tables/processes.ts';
import { promptsTable } from './tables/prompts.ts';
import { providerBatchesTable } from './tables/provider-batches.ts';
import { requestsTable } from './tables/requests.ts';
import { savedPipelinesTable } from './tables/saved-pipelines.ts';
import { savedViewsTable } from './tables/saved-views.ts';
import { sessionEventsTable } from './tables/session-events.ts';
import { sessionsTable } from './tables/sessions.ts';
import { settingsTable } from './tables/settings.ts';
import { verdictsTable } from './tables/verdicts.ts';
import { unflushed } from './unflushed.ts';

/** Every table of an open database: the only place where SQL stands. `now` gives ISO times. */
export function openTables(database: Database, now: () => string = () => new Date().toISOString()) {
  return {
    processes: processesTable(database, now),
    analyzers: analyzersTable(database, now),
    sessions: sessionsTable(database, now),
    sessionEvents: sessionEventsTable(database),
    groups: groupsTable(database, now),
    groupSources: groupSourcesTable(database, now),
    chosenGroups: chosenGroupsTable(database),
    savedPipelines: savedPipelinesTable(database, now),
    savedViews: savedViewsTable(database, now),
    measuredNumbers: measuredNumbersTable(database, now),
    candidateRuns: candidateRunsTable(database, now),
    pictures: picturesTable(database, now),
    batches: batchesTable(database, now),
    verdicts: verdictsTable(database, now),
    decisionEvents: decisionEventsTable(database, now),
    examples: examplesTable(database, now),
    settings: settingsTable(database),
    appliedOutputs: appliedOutputsTable(database, now),
    answers: answersTable(database, now),
    prompts: promptsTable(database, now),
    ownModels: ownModelsTable(database, now),
    providerBatches: providerBatchesTable(database, now),
    requests: requestsTable(database, now),
    /** Everything read by the work is of one moment, whatever other processes write meanwhile. */
    ofOneMoment: <Result>(work: () => Result): Result => database.transaction(work).deferred(),
    /** All or nothing, with the write lock taken first. */
    atOnce: <Result>(work: () => Result): Result => database.transaction(work).immediate(),
    /** As `atOnce`: there after a crash of the process, and after a power cut once the store was flushed. */
    atOnceUnflushed: <Result>(work: () => Result): Result => unflushed(database, () => database.transaction(work).immediate()),
  };
}

export type Tables = ReturnType<typeof openTables>;
