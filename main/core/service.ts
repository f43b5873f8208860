import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { openAnalyzer } from '../../app/analyzer/open.ts';
import { type CallContext, type CallName, calls } from '../../app/contract/calls.ts';
import { admit } from '../../app/contract/door.ts';
import type { Emit } from '../../app/contract/events.ts';
import type { CoreOptions, Granted } from '../../app/contract/link.ts';
import { Failure, toFailureRecord } from '../../app/failure.ts';
import { featureById } from '../../app/plots/registry.ts';
import { createOpenAnalyzers } from './analyzers/open-analyzers.ts';
import { type SendRequest, sendRequest } from './batch/send-request.ts';
import { createComputedStore } from './compute/computed-store.ts';
import { createComputer } from './compute/computer.ts';
import type { Core } from './core.ts';
import { batchStore } from './db/batch-store.ts';
import { openDatabase } from './db/open.ts';
import { openTables } from './db/tables.ts';
import { rendererVersion } from './draw/version.ts';
import { diskSource } from './files/disk-source.ts';
import { createGrants, type GrantPurpose } from './files/grants.ts';
import { pictureStore } from './files/picture-store.ts';
import { sha256 } from './files/sha256.ts';
import { coreHandlers } from './handlers/core-handlers.ts';
import { createJudges } from './judging/judges.ts';
import { type Log, openLog } from './log.ts';
import { createPictureRoom, type Drawing } from './pictures/picture-room.ts';
import { createSearcher } from './searching/searcher.ts';
import { createGroupLists } from './sessions/group-list.ts';
import type { Vault } from './vault/vault.ts';

export interface ServiceOptions extends CoreOptions {
  readonly emit: Emit;
  /** Given by tests and scripts; otherwise the operating system's keychain, opened when first needed. */
  readonly vault?: () => Promise<Vault>;
  /** The way out of this machine. */
  readonly send?: SendRequest;
  readonly log?: Log;
  readonly drawing?: () => Promise<Drawing>;
}

export interface Service {
  /** Answers one call of the contract. The input is checked again here; what comes out has the contract's shape and nothing else. */
  handle(name: string, input: unknown, context: CallContext): Promise<unknown>;
  grant(path: string, purpose: GrantPurpose): Promise<Granted>;
  /** Where the session last wrote, or `undefined`. */
  lastOutput(sessionId: string): string | undefined;
  readonly log: Log;
  /** For scripts in the same process, which need no tokens. */
  readonly core: Core;
  /** Lets what is running stop, gives unfinished questions back, closes the database. */
  close(): Promise<void>;
}

const seenEveryMs = 20_000;

/**
 * Opens the data folder and joins everything the window can ask for. Runs that a process which is no longer there left
 * running wait as paused. Throws `storage.unavailable` and `storage.newer`.
 */
export async function createService(options: ServiceOptions): Promise<Service> {
  const { dataFolder, assetsFolder, version, emit } = options;
  const database = openDatabase(dataFolder);
  const log = options.log ?? openLog(join(dataFolder, 'logs'));
  const tables = openTables(database);
  const processId = randomUUID();
  tables.processes.open(processId);
  const store = batchStore(database, tables, processId);
  pauseOrphans(store, log);

  const computedStore = createComputedStore(join(dataFolder, 'computed'));
  const computer = createComputer();
  const searcher = createSearcher({ computedFolder: computedStore.folder });
  const analyzers = createOpenAnalyzers({
    open: (folder, { signal }) => openAnalyzer(diskSource(folder), { sha256, signal, computed: computedStore.sourceFor }),
  });
  const pictures = createPictureRoom({
    tables,
    store: pictureStore(join(dataFolder, 'pictures')),
    featureById,
    isCurrent: analyzers.isCurrent,
    rendererVersion,
    drawing: options.drawing ?? (async () => (await import('./draw/drawer.ts')).createDrawer({})),
  });
  const vault = onceOpened(options.vault ?? (async () => (await import('./vault/vault.ts')).openVault()));
  const parts = {
    options: { dataFolder, assetsFolder, version },
    tables,
    lists: createGroupLists(tables),
    log,
    emit,
    analyzers,
    pictures,
    computedStore,
    computer,
    searcher,
  };
  const judges = createJudges({ ...parts, store, vault, send: options.send ?? sendRequest });
  const core: Core = { ...parts, grants: createGrants(homedir()), judges };
  const handlers = coreHandlers(core);
  const heartbeat = setInterval(() => tables.processes.seen(processId), seenEveryMs);
  heartbeat.unref();
  const running = new Set<Promise<unknown>>();
  let closed: Promise<void> | undefined;

  const answer = async (name: string, input: unknown, context: CallContext): Promise<unknown> => {
    const admitted = admit(name, input);
    if (admitted.by !== 'core') throw new Failure('host.unsupported', `"${name}" is answered by the window's host, not by the core.`);
    const handler = handlers[admitted.name as keyof typeof handlers] as (input: unknown, context: CallContext) => unknown;
    const value = await handler(admitted.input, context);
    return calls[admitted.name as CallName].output.parse(value);
  };

  return {
    log,
    core,
    async handle(name, input, context) {
      if (closed) throw new Failure('cancelled', 'Samecell is closing.');
      const promise = answer(name, input, context);
      running.add(promise);
      try {
        return await promise;
      } catch (error) {
        const { kind } = toFailureRecord(error);
        if (kind === 'bug') log.error('A call failed unexpectedly.', error, { call: name });
        else if (kind !== 'cancelled') log.info('A call failed.', { call: name, kind, message: (error as Error).message });
        throw error;
      } finally {
        running.delete(promise);
      }
    },
    grant: (path, purpose) => core.grants.grant(path, purpose),
    lastOutput: (sessionId) => tables.appliedOutputs.lastPath(sessionId),
    close() {
      closed ??= (async () => {
        clearInterval(heartbeat);
        await judges.close();
        await computer.close();
        await searcher.close();
        await Promise.allSettled(running);
        await analyzers.close();
        await pictures.close();
        tables.processes.close(processId);
        database.close();
      })();
      return closed;
    },
  };
}

/** Nobody is at these any more: their questions are planned again and a person lets them go on. */
function pauseOrphans(store: ReturnType<typeof batchStore>, log: Log): void {
  for (const batchId of store.inState('running')) {
    const released = store.resetRunning(batchId);
    store.setState(batchId, 'paused');
    log.info('A run was left unfinished and waits.', { batchId, released });
  }
  store.resetRunning();
}

function onceOpened<Value>(open: () => Promise<Value>): () => Promise<Value> {
  let opened: Promise<Value> | undefined;
  return () => {
    opened ??= open();
    return opened;
  };
}
