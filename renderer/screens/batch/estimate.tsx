import type { Answer } from '../../../app/contract/calls.ts';
import { counted, spokenCount, spokenUsd } from '../../parts/spoken.ts';
import styles from './batch.module.css';

/** What a run will take, before it starts. */
export function Estimate(props: { estimate: Answer<'batch.estimate'>; toJudge: number }) {
  const { estimate, toJudge } = props;
  return (
    <section className={styles['estimate']} aria-label="Estimate">
      <dl>
        <div>
          <dt>Groups</dt>
          <dd>{spokenCount(estimate.groupCount)}</dd>
        </div>
        <div>
          <dt>Answered already</dt>
          <dd>{spokenCount(estimate.alreadyAnswered)}</dd>
        </div>
        {estimate.remote && (
          <>
            <div>
              <dt>Questions</dt>
              <dd>≈ {spokenCount(estimate.callCount)}</dd>
            </div>
            <div>
              <dt>Tokens in</dt>
              <dd>≈ {spokenCount(estimate.inputTokens)}</dd>
            </div>
            <div>
              <dt>Tokens out</dt>
              <dd>≈ {spokenCount(estimate.outputTokens)}</dd>
            </div>
            <div>
              <dt>Cost</dt>
              <dd>{estimate.costUsd === null ? 'not known' : `≈ ${spokenUsd(estimate.costUsd)}`}</dd>
            </div>
          </>
        )}
      </dl>
      {estimate.remote && <p className={styles['muted']}>{estimate.prices}</p>}
      {!estimate.remote && (
        <p className={styles['muted']}>
          {estimate.groupCount > 0 && toJudge === 0
            ? 'This judge has answered about all of them.'
            : `${counted(toJudge, 'group')} judged on this machine; nothing leaves it.`}
        </p>
      )}
      {estimate.problems.length > 0 && (
        <ul className={styles['problems']} aria-label="In the way">
          {estimate.problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
