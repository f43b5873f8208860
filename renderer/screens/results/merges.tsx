import { useId } from 'react';
import type { MergePlan } from '../../../app/contract/calls.ts';
import { counted, spokenUnits } from '../../parts/spoken.ts';
import { keyOf, type TypedIds } from './own-unit-ids.ts';
import styles from './results.module.css';

function Merge(props: {
  merge: MergePlan['merges'][number];
  typed: string | undefined;
  problem: string | undefined;
  onType: (text: string | undefined) => void;
}) {
  const { merge, problem } = props;
  const problemId = useId();
  const usual = String(merge.newUnitId);
  return (
    <li>
      <span className={styles['units']}>{spokenUnits(merge.units)}</span>
      <span aria-hidden="true">→</span>
      <input
        className={styles['newId']}
        aria-label={`New unit id of ${spokenUnits(merge.units)}`}
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : problemId}
        title={`The strategy gives ${usual}`}
        value={props.typed ?? usual}
        maxLength={500}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => props.onType(event.currentTarget.value === usual ? undefined : event.currentTarget.value)}
        onBlur={(event) => {
          if (event.currentTarget.value.trim() === '') props.onType(undefined);
        }}
      />
      {merge.from.length > 1 && <span className={styles['muted']}>joined from {counted(merge.from.length, 'accepted group')}</span>}
      {problem !== undefined && (
        <p id={problemId} className={styles['problem']} role="alert">
          {problem}
        </p>
      )}
    </li>
  );
}

/** What is merged into what; each new id can be another than the strategy's. */
export function Merges(props: {
  merges: MergePlan['merges'];
  typed: TypedIds;
  problems: readonly (string | undefined)[];
  onType: (typed: TypedIds) => void;
}) {
  const { merges, typed } = props;
  if (merges.length === 0) return null;
  const change = (key: string, text: string | undefined) => {
    const { [key]: _, ...others } = typed;
    props.onType(text === undefined ? others : { ...others, [key]: text });
  };
  return (
    <section className={styles['mergesPart']} aria-label="Merges and new unit ids">
      <header>
        <span className={styles['muted']}>Units → new unit id</span>
        {Object.keys(typed).length > 0 && (
          <button type="button" className={styles['linkButton']} onClick={() => props.onType({})}>
            All as the strategy gives
          </button>
        )}
      </header>
      <ul className={styles['merges']} aria-label="Merges">
        {merges.map((merge, index) => {
          const key = keyOf(merge.units);
          return <Merge key={key} merge={merge} typed={typed[key]} problem={props.problems[index]} onType={(text) => change(key, text)} />;
        })}
      </ul>
    </section>
  );
}
