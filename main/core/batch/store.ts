import type { SkipKind, SkipRecord } from '../../../app/contract/skip.ts';
import type { Verdict } from '../../../app/contract/verdict.ts';
import type { FailureRecord } from '../../../app/failure.ts';
import type { TokenUsage } from '../../../app/judges/judge.ts';

export type BatchState = 'running' | 'paused' | 'cancelled' | 'done';

/** How a run asks, and whom: written once when it is planned, never changed. */
export interface AskedPlan {
  readonly sessionId: string;
  readonly judge: string;
  readonly model: string;
  readonly promptId: string;
  readonly promptVersion: string;
  /** SHA-256 (hex) of the prompt's text. */
  readonly promptHash: string;
  readonly features: readonly string[];
  readonly withNumbers: boolean;
  readonly exampleIds: readonly string[];
  readonly numWorkers: number;
  /** Everything else that decided the questions (base URL host, timeout, …). Never a secret. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** A run that is to be written, with what it asks about. */
export interface BatchPlan extends AskedPlan {
  /** In the order they are asked. A group may stand here once. */
  readonly groupIds: readonly string[];
}

/** One group of a run that a worker has claimed. */
export interface BatchItem {
  readonly itemId: string;
  readonly batchId: string;
  readonly groupId: string;
  /** Place in the run, from 0. */
  readonly position: number;
  /** How often it was claimed before. */
  readonly claimedBefore: number;
}

/** What asking cost so far, whether or not it gave a verdict. */
export interface Spent {
  readonly usage: TokenUsage;
  /** `null` where the price is not known. */
  readonly costUsd: number | null;
  readonly latencyMs: number;
  /** Requests sent, retries and the repair included. */
  readonly requestCount: number;
}

/** One of the answers that a verdict was made of, told in the group's own letters. */
export interface Vote {
  readonly verdict: Verdict;
  /** Which unit of the group, by its place, stood under the first letter, the second, … */
  readonly order: readonly number[];
  /** Kept from an identical question of before. */
  readonly cached: boolean;
}

/** A verdict and all that produced it; stored in one transaction with the item's end. */
export interface BatchAnswer {
  readonly verdict: Verdict;
  /** The model as the provider names it in its reply; the version for the offline judge. */
  readonly model: string;
  /** Reply body as received (JSON text), the last one where a repair was asked. */
  readonly raw: string;
  /** What was asked, without the pictures. */
  readonly system: string;
  readonly text: string;
  readonly finish: string;
  readonly warnings: readonly string[];
  /** In the order they were shown; examples' pictures not among them. */
  readonly pictures: readonly { readonly feature: string; readonly sha256: string }[];
  readonly numbers: Readonly<Record<string, number | null>>;
  /** Added to the plan's: seed of the unit order, rung of the schema ladder, … */
  readonly params: Readonly<Record<string, unknown>>;
  /** Empty for the offline judge. */
  readonly votes?: readonly Vote[];
  readonly spent: Spent;
}

export interface BatchCounts {
  readonly total: number;
  readonly planned: number;
  readonly running: number;
  readonly done: number;
  readonly failed: number;
  readonly skipped: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly requestCount: number;
  /** Sum of what is known; `null` where nothing is. Failed asks count too. */
  readonly costUsd: number | null;
}

/**
 * Runs as rows. Every method is one transaction and returns after it is committed; all but `flush` are synchronous, so that
 * no reply can arrive between a check and its write. Claims, releases and ends are there after a crash of the process, and
 * after `flush` after a power cut too; everything else at once. Unknown ids throw `input.notFound`.
 */
export interface BatchStore {
  /** Writes the run as `running` with all items `planned`; its id comes back. */
  create(plan: BatchPlan): string;
  /** Which groups it asks about stands with its items, thousands of them. */
  plan(batchId: string): AskedPlan;
  state(batchId: string): BatchState;
  /** What stopped the run early (bad key, empty account), until it goes on. */
  stoppedBy(batchId: string): FailureRecord | undefined;
  /** `stoppedBy` is kept with `paused` and cleared by every other change of state. `finishedAt` is set by `done` and `cancelled`. */
  setState(batchId: string, state: BatchState, stoppedBy?: FailureRecord): void;
  /** The first planned item becomes `running`; nothing where none is left or the run is not `running`. */
  claimNext(batchId: string): BatchItem | undefined;
  /** A claimed item becomes `planned` again (pause, cancel, stop); what it cost until then is counted. Does nothing to one that has ended. */
  release(itemId: string, spent?: Spent): void;
  /** Replaces the limits of a run (`maxCostUsd`, `maxCalls`); `undefined` takes one away. */
  setLimits(batchId: string, limits: { readonly maxCostUsd?: number | undefined; readonly maxCalls?: number | undefined }): void;
  /** Changes how many are asked at the same time, and where: not what is asked. `false` where that is so already. */
  redirect(batchId: string, to: { readonly numWorkers?: number | undefined; readonly baseUrl?: string | undefined }): boolean;
  /**
   * Stores the verdict for the item's own group and ends the item as `done`; the verdict's id comes back.
   * An item that is not `running` throws `bug`: nothing is ever stored twice.
   */
  finish(itemId: string, answer: BatchAnswer): string;
  /** Ends a running item as `failed` with the reason and what it cost. */
  fail(itemId: string, failure: FailureRecord, spent: Spent | undefined): void;
  /** Ends a running item as `skipped`: left out with the reason, without having failed. */
  skip(itemId: string, reason: SkipRecord, spent: Spent | undefined): void;
  /**
   * Planned items become `skipped`, all of the run or those of the groups named; how many there were. What lies in a batch of the
   * provider stays planned.
   */
  skipPlanned(batchId: string, reason: SkipRecord, groupIds?: readonly string[]): number;
  /** Skipped items of these kinds become `planned` again; how many there were. Throws as `setState` where another process is at the run. */
  replanSkipped(batchId: string, kinds: readonly SkipKind[]): number;
  /** After a crash: items left `running` become `planned` again, in this run or in all; how many there were. */
  resetRunning(batchId?: string): number;
  /** Failed items become `planned` again and the run `running`; how many there were. */
  replanFailed(batchId: string): number;
  /** Resolves when all that was committed until now is on the disk. */
  flush(): Promise<void>;
  counts(batchId: string): BatchCounts;
  /** Runs in the state, oldest first. */
  inState(state: BatchState): readonly string[];
}
