import { Button, Slider, Switch } from '@mantine/core';
import { useState } from 'react';
import type { Answer } from '../../../app/contract/calls.ts';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { counted, spokenMs, spokenNumber } from '../../parts/spoken.ts';
import { Waiting } from '../../parts/waiting.tsx';
import { say } from '../../state/live.ts';
import { useAct, useAsk } from '../../state/queries.ts';
import { useSession } from '../../state/session.tsx';
import styles from './candidates.module.css';
import { Thresholds } from './thresholds.tsx';

const marks = [0.2, 0.25, 0.5, 0.75].map((value) => ({ value }));

/** Thresholds that people know from elsewhere. */
const known = [
  { at: 0.2, from: 'tutorial' },
  { at: 0.25, from: 'SpikeInterface' },
] as const;

/** The smallest round threshold that keeps at least one pair. */
function firstThreshold(curve: Answer<'candidates.atThresholds'>): number | undefined {
  const index = curve.pairCounts.findIndex((count) => count > 0);
  return index < 0 ? undefined : curve.thresholds[index];
}

function Outcome(props: {
  found: Answer<'candidates.find'>;
  threshold: number;
  curve: Answer<'candidates.atThresholds'> | undefined;
  onUse: (threshold: number) => void;
}) {
  const { found, curve } = props;
  const next = curve && firstThreshold(curve);
  return (
    <section className={styles['outcome']} aria-label="Outcome of the search">
      {found.groups.length > 0 ? (
        <p>
          <strong>{counted(found.groups.length, 'group')}</strong> in {spokenMs(found.ms)}
        </p>
      ) : (
        <>
          <p>
            <strong>No candidate at {props.threshold.toFixed(2)}.</strong>{' '}
            {curve && curve.smallestDiff !== null && `The most similar pair differs by ${spokenNumber(curve.smallestDiff, 3)}.`}
          </p>
          {next !== undefined && (
            <Button onClick={() => props.onUse(next)}>
              Use {next.toFixed(2)} ({counted(curve?.pairCounts[curve.thresholds.indexOf(next)] ?? 0, 'pair')})
            </Button>
          )}
        </>
      )}
      <table className={styles['steps']}>
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">Pairs in</th>
            <th scope="col">Pairs out</th>
            <th scope="col">Time</th>
          </tr>
        </thead>
        <tbody>
          {found.steps.map((step) => (
            <tr key={step.id}>
              <th scope="row">{step.id}</th>
              <td>{step.in}</td>
              <td>{step.out}</td>
              <td>{spokenMs(step.ms)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {found.computed.length > 0 && (
        <p className={styles['muted']}>Computed here, not stored in the analyzer: {found.computed.join(', ')}.</p>
      )}
    </section>
  );
}

/** The template_similarity search: threshold, graph, what it would keep, what it found. */
export function Search() {
  const { session, info } = useSession();
  const { sessionId } = session;
  const step = info.steps.find((one) => one.id === 'template_similarity');
  const curve = useAsk('candidates.atThresholds', step?.available ? { sessionId } : undefined);
  const find = useAct('candidates.find', { failureShown: true });
  const [threshold, setThreshold] = useState(0.25);
  const [resolveGraph, setResolveGraph] = useState(false);
  const [searched, setSearched] = useState(threshold);

  const run = async (at: number) => {
    setSearched(at);
    const answer = await find.act({
      sessionId,
      steps: ['template_similarity'],
      params: { template_similarity: { template_diff_thresh: at } },
      resolveGraph,
    });
    if (answer) say(answer.groups.length === 0 ? `No candidate at ${at}.` : `${counted(answer.groups.length, 'group')} found.`);
  };

  if (step && !step.available)
    return (
      <p className={styles['warning']}>
        Template similarity needs {step.missing.join(', ')}, which this analyzer lacks. The overview has the SpikeInterface code that
        computes it.
      </p>
    );
  return (
    <form
      className={styles['search']}
      onSubmit={(event) => {
        event.preventDefault();
        void run(threshold);
      }}
    >
      <div>
        <label htmlFor="template-diff-thresh" className={styles['label']}>
          Template difference below (template_diff_thresh)
        </label>
        <div className={styles['sliderRow']}>
          <Slider
            className={styles['slider'] ?? ''}
            thumbProps={{ id: 'template-diff-thresh' }}
            thumbLabel="template_diff_thresh"
            min={0}
            max={1}
            step={0.01}
            value={threshold}
            onChange={setThreshold}
            marks={marks}
            label={null}
          />
          <output htmlFor="template-diff-thresh" className={styles['value']}>
            {threshold.toFixed(2)}
          </output>
        </div>
        <p className={styles['muted']}>
          1 − similarity of the average waveforms (l1). Known values:
          {known.map(({ at, from }) => (
            <button key={at} type="button" className={styles['link']} aria-pressed={threshold === at} onClick={() => setThreshold(at)}>
              {at.toFixed(2)} {from}
            </button>
          ))}
        </p>
      </div>
      {curve.error && <FailurePanel failure={curve.error} onRetry={() => void curve.refetch()} />}
      {!curve.data && !curve.error && <Waiting what="Comparing all templates" />}
      {curve.data && <Thresholds curve={curve.data} threshold={threshold} onChoose={setThreshold} />}
      <Switch
        label="Join pairs into groups (resolve_graph)"
        description="A–B and B–C become one group of three"
        checked={resolveGraph}
        onChange={(event) => setResolveGraph(event.currentTarget.checked)}
      />
      <Button type="submit" variant="filled" size="xs" disabled={find.busy}>
        Find candidates
      </Button>
      {find.busy && <Waiting what="Finding merge candidates" progress={find.progress} onCancel={find.cancel} />}
      {find.failure && <FailurePanel failure={find.failure} onDismiss={find.forget} />}
      {find.answer && !find.busy && !find.failure && (
        <Outcome
          found={find.answer}
          threshold={searched}
          curve={curve.data}
          onUse={(at) => {
            setThreshold(at);
            void run(at);
          }}
        />
      )}
    </form>
  );
}
