import type { ReactNode } from 'react';
import type { Answer } from '../../../app/contract/calls.ts';
import { counted, spokenCount, spokenMs } from '../../parts/spoken.ts';
import styles from './candidates.module.css';

type StepRow = Answer<'candidates.find'>['steps'][number];

/** Pairs that went into and came out of each step, as a funnel; widths are on a log scale. */
function Funnel(props: { steps: readonly StepRow[] }) {
  const most = Math.log1p(props.steps[0]?.in ?? 1) || 1;
  return (
    <table className={styles['funnel']}>
      <thead>
        <tr>
          <th scope="col">Step (bars on a log scale)</th>
          <th scope="col">Pairs out</th>
          <th scope="col">Time</th>
        </tr>
      </thead>
      <tbody>
        {props.steps.map((step) => {
          const words = `${step.title}: ${spokenCount(step.in)} pairs in, ${spokenCount(step.out)} out`;
          return (
            <tr key={step.id} title={words}>
              <th scope="row">
                {step.id}
                <span className={styles['funnelTrack']} aria-hidden>
                  <span className={styles['funnelIn']} style={{ width: `${(100 * Math.log1p(step.in)) / most}%` }} />
                  <span className={styles['funnelOut']} style={{ width: `${(100 * Math.log1p(step.out)) / most}%` }} />
                </span>
              </th>
              <td>
                {spokenCount(step.out)}
                <span className={styles['muted']}> of {spokenCount(step.in)}</span>
              </td>
              <td>{spokenMs(step.ms)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** What the newest search found, step by step. */
export function Outcome(props: {
  groupCount: number;
  steps: readonly StepRow[];
  computed: readonly string[];
  ms: number;
  /** What to say and offer where nothing was found. */
  none: ReactNode;
}) {
  return (
    <section className={styles['outcome']} aria-label="Outcome of the search">
      {props.groupCount > 0 ? (
        <p>
          <strong>{counted(props.groupCount, 'group')}</strong> in {spokenMs(props.ms)}
        </p>
      ) : (
        props.none
      )}
      <Funnel steps={props.steps} />
      {props.computed.length > 0 && (
        <p className={styles['muted']}>Computed here, not stored in the analyzer: {props.computed.join(', ')}.</p>
      )}
    </section>
  );
}
