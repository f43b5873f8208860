import { Button } from '@mantine/core';
import type { MergePlan } from '../../../app/contract/calls.ts';
import { spokenUnits } from '../../parts/spoken.ts';
import styles from './results.module.css';

/** A chain of accepted pairs that holds a refused one: nothing is joined before a person says so. */
export function Conflict(props: {
  conflict: MergePlan['conflicts'][number];
  choice: 'merge' | 'apart' | undefined;
  onChoose: (choice: 'merge' | 'apart') => void;
}) {
  const { conflict, choice } = props;
  return (
    <section className={styles['conflict']} data-open={choice === undefined} aria-label={`Conflict ${spokenUnits(conflict.units)}`}>
      <p>
        <strong className={styles['units']}>{spokenUnits(conflict.units)}</strong> would be joined by a chain, but
      </p>
      <ul>
        {conflict.refused.map((refusal) => (
          <li key={`${spokenUnits(refusal.units)} ${refusal.by}`}>
            <span className={styles['units']}>{spokenUnits(refusal.units)}</span> was refused by {refusal.by}
            {refusal.reasoning !== '' && <span className={styles['muted']}>: {refusal.reasoning}</span>}
          </li>
        ))}
      </ul>
      <div className={styles['conflictActs']}>
        <Button
          variant={choice === 'apart' ? 'filled' : 'default'}
          aria-pressed={choice === 'apart'}
          onClick={() => props.onChoose('apart')}
        >
          Keep apart
        </Button>
        <Button
          variant={choice === 'merge' ? 'filled' : 'default'}
          aria-pressed={choice === 'merge'}
          onClick={() => props.onChoose('merge')}
        >
          Merge all {conflict.units.length}
        </Button>
      </div>
    </section>
  );
}
