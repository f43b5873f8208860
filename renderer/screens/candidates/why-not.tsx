import { Button, Select } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { useAct } from '../../state/queries.ts';
import { useSession } from '../../state/session.tsx';
import styles from './candidates.module.css';
import { findingWords, whyNotSentence } from './why-not-words.ts';

const shownAtOnce = 100;

/** Two units, and which step of the newest search dropped them, by how much. */
export function WhyNot(props: { runId: string }) {
  const { runId } = props;
  const { info } = useSession();
  const ask = useAct('candidates.whyNot', { failureShown: true });
  const [first, setFirst] = useState<string | null>(null);
  const [second, setSecond] = useState<string | null>(null);
  const data = useMemo(() => info.units.map((unit) => ({ value: JSON.stringify(unit.id), label: String(unit.id) })), [info.units]);
  const { forget } = ask;
  // biome-ignore lint/correctness/useExhaustiveDependencies: an answer belongs to its run
  useEffect(() => forget(), [runId, forget]);
  const ready = first !== null && second !== null && first !== second;
  const field = { data, searchable: true, limit: shownAtOnce, nothingFoundMessage: 'No unit of that id', placeholder: 'unit id' };

  return (
    <form
      className={styles['whyNot']}
      aria-label="Why not?"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void ask.act({ runId, units: [JSON.parse(first) as string | number, JSON.parse(second) as string | number] });
      }}
    >
      <h2>Why not?</h2>
      <p className={styles['muted']}>Two units that the last search did not propose: which step dropped them?</p>
      <div className={styles['whyNotFields']}>
        <Select aria-label="First unit" {...field} value={first} onChange={setFirst} />
        <Select aria-label="Second unit" {...field} value={second} onChange={setSecond} />
        <Button type="submit" disabled={!ready || ask.busy}>
          Ask
        </Button>
      </div>
      {ask.busy && <Waiting what="Looking it up" progress={ask.progress} onCancel={ask.cancel} />}
      {ask.failure && <FailurePanel failure={ask.failure} onDismiss={ask.forget} />}
      {ask.answer && !ask.busy && (
        <output className={styles['answer']}>
          <p>{whyNotSentence(ask.answer)}</p>
          <details>
            <summary>Every step</summary>
            <ul>
              {ask.answer.steps.map((step) => (
                <li key={step.id} data-outcome={step.outcome}>
                  <span className={styles['stepId']}>{step.id}</span> {step.outcome}
                  {step.findings.length > 0 && ask.answer && (
                    <span className={styles['muted']}>
                      : {step.findings.map((finding) => findingWords(finding, ask.answer?.units ?? ['', ''])).join('; ')}
                    </span>
                  )}
                </li>
              ))}
            </ul>
          </details>
        </output>
      )}
    </form>
  );
}
