import { Button, Modal, Spoiler } from '@mantine/core';
import { useState } from 'react';
import type { VerdictRow } from '../../../app/contract/calls.ts';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { judgeName } from '../../parts/judge-name.ts';
import { plotTitle } from '../../parts/plot-title.ts';
import { spokenCost, spokenCount, spokenMs, spokenTime } from '../../parts/spoken.ts';
import { VerdictMark } from '../../parts/verdict-mark.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { useAsk } from '../../state/queries.ts';
import { useSession } from '../../state/session.tsx';
import { FindingText } from './finding-text.tsx';
import styles from './review.module.css';

function Raw(props: { verdictId: string }) {
  const raw = useAsk('verdict.raw', { verdictId: props.verdictId }, { keepMs: 10_000 });
  if (raw.error) return <FailurePanel failure={raw.error} />;
  if (!raw.data) return <Waiting what="Reading the reply" />;
  return (
    <>
      <h3>Reply as it came</h3>
      <pre className={styles['raw']}>{raw.data.raw}</pre>
      <h3>System text</h3>
      <pre className={styles['raw']}>{raw.data.system}</pre>
      <h3>Question</h3>
      <pre className={styles['raw']}>{raw.data.text}</pre>
    </>
  );
}

/** How the votes fell, in which order each saw the units, and what was kept from before. */
function Votes(props: { votes: VerdictRow['votes']; units: readonly (string | number)[] }) {
  const { votes } = props;
  if (votes.length < 2) return null;
  const counts = new Map<string, number>();
  for (const { verdict } of votes) counts.set(verdict.verdict, (counts.get(verdict.verdict) ?? 0) + 1);
  const agreement = Math.max(...counts.values()) / votes.length;
  return (
    <details className={styles['votes']}>
      <summary>
        {votes.length} votes: {[...counts].map(([word, count]) => `${count} ${word}`).join(', ')} ({Math.round(agreement * 100)} % agree)
      </summary>
      <ol>
        {votes.map(({ verdict, order, cached }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: votes have no name but their place, and never move
          <li key={index}>
            <VerdictMark verdict={verdict.verdict} confidence={verdict.confidence} />
            <span className={styles['muted']}>
              {' '}
              saw {order.map((place) => props.units[place]).join(', ')} as A, B, …{cached && ' · cached'}
            </span>
            <p>{verdict.reasoning}</p>
          </li>
        ))}
      </ol>
    </details>
  );
}

function Verdict(props: { verdict: VerdictRow; units: readonly (string | number)[]; seen: boolean; onSee: (see: boolean) => void }) {
  const { verdict } = props;
  const { info } = useSession();
  const [rawOpen, setRawOpen] = useState(false);
  const titleOf = (id: string) => info.features.find((feature) => feature.id === id)?.title ?? plotTitle(id);
  const name = judgeName(verdict);
  const cached = verdict.votes.length > 0 && verdict.votes.every((vote) => vote.cached);
  const [first] = verdict.votes;
  const turned = first?.order.some((place, index) => place !== index) ?? false;
  return (
    <article className={styles['verdict']} aria-label={`Verdict of ${name}`}>
      <div className={styles['verdictHead']}>
        <VerdictMark verdict={verdict.verdict} confidence={verdict.confidence} />
        <span className={styles['verdictOf']} title={name}>
          {name}
        </span>
        {cached && <span className={styles['cached']}>cached</span>}
      </div>
      <Spoiler maxHeight={108} showLabel="More" hideLabel="Less" transitionDuration={0}>
        <p className={styles['reasoning']}>{verdict.reasoning}</p>
      </Spoiler>
      {verdict.features.length > 0 && (
        <ul className={styles['findings']} aria-label="Findings">
          {verdict.features.map((finding) => (
            <li key={`${finding.feature} ${finding.finding}`}>
              <FindingText finding={finding} title={titleOf(finding.feature)} />
            </li>
          ))}
        </ul>
      )}
      <Votes votes={verdict.votes} units={props.units} />
      {props.seen && turned && first && (
        <p className={styles['muted']}>
          In the pictures as it saw them, A, B, … are the units {first.order.map((place) => props.units[place]).join(', ')}.
        </p>
      )}
      <p className={styles['muted']}>
        {spokenTime(verdict.createdAt)} · {spokenMs(verdict.latencyMs)} · prompt {verdict.promptId} {verdict.promptVersion}
        {verdict.inputTokens > 0 &&
          ` · ${spokenCount(verdict.inputTokens)} + ${spokenCount(verdict.outputTokens)} tokens, ${spokenCost(verdict.costUsd)}`}
      </p>
      <div>
        {verdict.pictures.length > 0 && (
          <Button variant="subtle" size="compact-xs" aria-pressed={props.seen} onClick={() => props.onSee(!props.seen)}>
            {props.seen ? 'Back to the charts' : 'Show what it saw'}
          </Button>
        )}
        {verdict.judge !== 'offline' && (
          <Button variant="subtle" size="compact-xs" onClick={() => setRawOpen(true)}>
            Raw reply
          </Button>
        )}
      </div>
      <Modal opened={rawOpen} onClose={() => setRawOpen(false)} title={`Reply of ${name}`} size={860}>
        <Raw verdictId={verdict.verdictId} />
      </Modal>
    </article>
  );
}

/** What every judge said about the group, newest first; nothing yet where the review is blind. */
export function Verdicts(props: {
  verdicts: readonly VerdictRow[];
  /** In the group's own order. */
  units: readonly (string | number)[];
  hidden: boolean;
  failure: { readonly kind: string; readonly message: string } | null;
  seenId: string | undefined;
  onSee: (verdictId: string | undefined) => void;
}) {
  return (
    <section className={styles['verdicts']} aria-label="Judges">
      <h2>Judges</h2>
      {props.failure && <FailurePanel failure={props.failure} />}
      {props.hidden ? (
        <p className={styles['muted']}>Hidden until you decide (blind review).</p>
      ) : (
        <>
          {props.verdicts.length === 0 && !props.failure && <p className={styles['muted']}>No judge was asked about this group.</p>}
          {props.verdicts.map((verdict) => (
            <Verdict
              key={verdict.verdictId}
              verdict={verdict}
              units={props.units}
              seen={verdict.verdictId === props.seenId}
              onSee={(see) => props.onSee(see ? verdict.verdictId : undefined)}
            />
          ))}
        </>
      )}
    </section>
  );
}
