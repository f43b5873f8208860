import { Button, Progress } from '@mantine/core';
import { IconDownload, IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconRefresh } from '@tabler/icons-react';
import type { BatchRow } from '../../../app/contract/calls.ts';
import { Empty } from '../../parts/empty.tsx';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { judgeName } from '../../parts/judge-name.ts';
import { counted, spokenCost, spokenCount, spokenTime, spokenUnits, spokenUsd } from '../../parts/spoken.ts';
import { Waiting } from '../../parts/waiting.tsx';
import { usePlace } from '../../state/place.ts';
import { useAct, useAsk } from '../../state/queries.ts';
import styles from './batch.module.css';

const offerWords = {
  sending: 'being sent',
  waiting: 'at the provider',
  collected: 'collected',
  failed: 'failed',
  cancelled: 'withdrawn',
} as const;

/** How a run's batches at the provider stand, and fetching what is ready. */
function Offers(props: { run: BatchRow }) {
  const { batchId, providerBatches } = props.run;
  const collect = useAct('batch.collect', { failureShown: true });
  if (providerBatches.length === 0) return null;
  // While this run is being handed over, what is on its way is not looked for; afterwards it may have been taken or not.
  const isHandedOver = props.run.state !== 'running';
  const open = providerBatches.filter(({ state }) => state === 'waiting' || (state === 'sending' && isHandedOver)).length;
  return (
    <section className={styles['offers']} aria-label="Provider batches">
      <ul>
        {providerBatches.map((offer) => (
          <li key={offer.submittedAt}>
            {counted(offer.requestCount, 'question')}{' '}
            {offer.state === 'sending' && isHandedOver ? 'perhaps at the provider, sending broke off' : offerWords[offer.state]} since{' '}
            {spokenTime(offer.submittedAt)}
            {offer.detail !== null && ` (${offer.detail})`}
          </li>
        ))}
      </ul>
      {open > 0 && (
        <Button leftSection={<IconDownload size={14} aria-hidden />} disabled={collect.busy} onClick={() => void collect.act({ batchId })}>
          Collect
        </Button>
      )}
      {collect.answer && (
        <p className={styles['muted']} role="status">
          {(collect.answer.stored > 0 || collect.answer.waiting === 0) && `${counted(collect.answer.stored, 'group')} collected. `}
          {collect.answer.waiting > 0 && 'Not all is ready yet. Come back later; nothing is lost.'}
        </p>
      )}
      {collect.failure && <FailurePanel failure={collect.failure} onDismiss={collect.forget} />}
    </section>
  );
}

/** Why a run paused by itself, and a higher limit where that was the reason. */
function Stopped(props: { run: BatchRow }) {
  const { batchId, stoppedBy, maxCostUsd, maxCalls } = props.run;
  const resume = useAct('batch.resume');
  if (stoppedBy === undefined) return null;
  const limited = stoppedBy.kind === 'provider.quota' && (maxCostUsd !== null || maxCalls !== null);
  return (
    <div className={styles['warning']}>
      <p>{stoppedBy.message}</p>
      {limited && (
        <p className={styles['limits']}>
          {maxCostUsd !== null && (
            <Button disabled={resume.busy} onClick={() => void resume.act({ batchId, maxCostUsd: maxCostUsd * 2 })}>
              Go on up to {spokenUsd(maxCostUsd * 2)}
            </Button>
          )}
          {maxCalls !== null && (
            <Button disabled={resume.busy} onClick={() => void resume.act({ batchId, maxCalls: maxCalls * 2 })}>
              Go on up to {counted(maxCalls * 2, 'request')}
            </Button>
          )}
          <Button disabled={resume.busy} onClick={() => void resume.act({ batchId, maxCostUsd: null, maxCalls: null })}>
            Go on without a limit
          </Button>
        </p>
      )}
    </div>
  );
}

const skipWords: Readonly<Record<BatchRow['skips'][number]['kind'], string>> = {
  limit: 'left out at the limit',
  'nothing to show': 'left out: nothing can be shown about them',
  'too many units': 'left out: too many units',
  'too large': 'left out: too large for one question',
  person: 'left out by hand',
  cancelled: 'not asked about, the run was cancelled',
};

type Unanswered = Omit<BatchRow['failures'][number], 'kind' | 'message'> & { readonly message?: string };

/** Groups without a verdict for one reason: the first of them, and where the others are. */
function OfReason(props: { summary: string; about?: string; count: number; groups: readonly Unanswered[]; others?: string }) {
  const { summary, about, count, groups, others = '' } = props;
  return (
    <details className={styles['failures']}>
      <summary>{summary}</summary>
      {about !== undefined && <p className={styles['muted']}>{about}</p>}
      <ul>
        {groups.map(({ groupId, units, message }) => (
          <li key={groupId}>
            <button type="button" onClick={() => usePlace.getState().reviewGroup(groupId)}>
              {spokenUnits(units)}
            </button>
            {message !== undefined && <span>{message}</span>}
          </li>
        ))}
      </ul>
      {groups.length < count && <p className={styles['muted']}>{`The first ${spokenCount(groups.length)}${others}.`}</p>}
    </details>
  );
}

const stateWords = { running: 'Running', paused: 'Paused', cancelled: 'Cancelled', done: 'Done' } as const;

function byKind(run: BatchRow): readonly (readonly [string, BatchRow['failures'], number])[] {
  const kinds = new Map<string, BatchRow['failures']>();
  for (const failure of run.failures) kinds.set(failure.kind, [...(kinds.get(failure.kind) ?? []), failure]);
  return [...kinds].map(([kind, failures]) => [kind, failures, run.failureCounts[kind] ?? failures.length]);
}

function Run(props: { run: BatchRow }) {
  const { run } = props;
  const pause = useAct('batch.pause');
  const resume = useAct('batch.resume');
  const cancel = useAct('batch.cancel');
  const retry = useAct('batch.retryFailed');
  const skip = useAct('batch.skip');
  const retrySkipped = useAct('batch.retrySkipped');
  const name = judgeName(run);
  const finished = run.done + run.failed + run.skipped;
  // At a limit there is a button of its own.
  const askable = run.skips.reduce((sum, { kind, count }) => (kind === 'limit' || kind === 'cancelled' ? sum : sum + count), 0);
  const waiting = run.total - finished - run.running;
  const skippable =
    run.state === 'paused' && waiting > 0 && !run.providerBatches.some(({ state }) => state === 'waiting' || state === 'sending');
  const { batchId } = run;
  return (
    <article className={styles['run']} aria-label={`Run of ${name}`}>
      <header className={styles['runHead']}>
        <h3>{name}</h3>
        <span data-state={run.state}>{stateWords[run.state]}</span>
        <span className={styles['muted']}>{spokenTime(run.createdAt)}</span>
        <span className={styles['runActs']}>
          {run.state === 'running' && (
            <Button
              leftSection={<IconPlayerPause size={14} aria-hidden />}
              disabled={pause.busy}
              onClick={() => void pause.act({ batchId })}
            >
              Pause
            </Button>
          )}
          {run.state === 'paused' && (
            <Button
              leftSection={<IconPlayerPlay size={14} aria-hidden />}
              disabled={resume.busy}
              onClick={() => void resume.act({ batchId })}
            >
              Resume
            </Button>
          )}
          {(run.state === 'running' || run.state === 'paused') && (
            <Button
              leftSection={<IconPlayerStop size={14} aria-hidden />}
              disabled={cancel.busy}
              onClick={() => void cancel.act({ batchId })}
            >
              Cancel
            </Button>
          )}
          {skippable && (
            <Button disabled={skip.busy} onClick={() => void skip.act({ batchId })}>
              Leave out the other {spokenCount(waiting)}
            </Button>
          )}
          {(run.state === 'done' || run.state === 'paused') && askable > 0 && (
            <Button
              leftSection={<IconRefresh size={14} aria-hidden />}
              disabled={retrySkipped.busy}
              onClick={() => void retrySkipped.act({ batchId })}
            >
              Ask about {spokenCount(askable)} left out
            </Button>
          )}
          {run.state !== 'running' && run.failed > 0 && (
            <Button leftSection={<IconRefresh size={14} aria-hidden />} disabled={retry.busy} onClick={() => void retry.act({ batchId })}>
              Retry {run.failed} failed
            </Button>
          )}
        </span>
      </header>
      <Progress.Root size={6}>
        <Progress.Section
          value={run.total === 0 ? 0 : (100 * run.done) / run.total}
          color="var(--same)"
          aria-label={`${run.done} of ${run.total} judged`}
        />
        <Progress.Section
          value={run.total === 0 ? 0 : (100 * run.failed) / run.total}
          color="var(--failed)"
          aria-label={`${run.failed} failed`}
        />
        <Progress.Section
          value={run.total === 0 ? 0 : (100 * run.skipped) / run.total}
          color="var(--text-muted)"
          aria-label={`${run.skipped} left out`}
        />
      </Progress.Root>
      <p className={styles['muted']}>
        {finished} of {counted(run.total, 'group')}
        {run.running > 0 && `, ${run.running} being asked`}
        {run.failed > 0 && `, ${run.failed} failed`}
        {run.skipped > 0 && `, ${run.skipped} left out`}
        {run.mode === 'panel' && ' · panel'}
        {run.votes > 1 && ` · ${run.votes} votes each`}
        {run.requestCount > 0 && ` · ${counted(run.requestCount, 'request')}`}
        {run.inputTokens > 0 && ` · ${spokenCount(run.inputTokens)} + ${spokenCount(run.outputTokens)} tokens · ${spokenCost(run.costUsd)}`}
      </p>
      {run.state === 'paused' && <Stopped run={run} />}
      <Offers run={run} />
      {run.skips.map(({ kind, message, count, groups }) => (
        <OfReason key={kind} summary={`${counted(count, 'group')} ${skipWords[kind]}`} about={message} count={count} groups={groups} />
      ))}
      {byKind(run).map(([kind, failures, count]) => (
        <OfReason
          key={kind}
          summary={`${counted(count, 'group')}: ${failures[0]?.message}`}
          count={count}
          groups={failures}
          others="; the review lists all under “Judging failed”"
        />
      ))}
      {run.done > 0 && run.state !== 'running' && (
        <Button className={styles['toReview'] ?? ''} onClick={() => usePlace.getState().goTo('review')}>
          Review the verdicts
        </Button>
      )}
    </article>
  );
}

/** Runs of this session, newest first; each verdict is kept as it arrives. */
export function Runs(props: { sessionId: string }) {
  const runs = useAsk('batch.list', { sessionId: props.sessionId });
  const newestFirst = [...(runs.data?.batches ?? [])].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  return (
    <section className={styles['runs']} aria-label="Runs">
      <h2>Runs</h2>
      {runs.error && <FailurePanel failure={runs.error} onRetry={() => void runs.refetch()} />}
      {!runs.data && !runs.error && <Waiting what="Reading the runs" />}
      {runs.data?.batches.length === 0 && (
        <Empty title="No run yet">
          <p>
            The offline judge needs no key and no network: a good first reader. Every verdict is kept as it arrives, so a run can be stopped
            at any moment.
          </p>
        </Empty>
      )}
      {newestFirst.map((run) => (
        <Run key={run.batchId} run={run} />
      ))}
    </section>
  );
}
