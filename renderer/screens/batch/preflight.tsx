import { Button } from '@mantine/core';
import { IconCheck, IconQuestionMark, IconX } from '@tabler/icons-react';
import type { BatchRequest } from '../../../app/contract/calls.ts';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { useAct } from '../../state/queries.ts';
import styles from './batch.module.css';

const signs = {
  ok: { Icon: IconCheck, words: 'fine', color: 'var(--same)' },
  wrong: { Icon: IconX, words: 'in the way', color: 'var(--failed)' },
  unknown: { Icon: IconQuestionMark, words: 'not known', color: 'var(--unsure)' },
} as const;

/** Asks the provider one small thing and looks at the first group, before anything is spent. */
export function Preflight(props: { request: BatchRequest }) {
  const check = useAct('batch.preflight', { failureShown: true });
  return (
    <div className={styles['preflight']}>
      <Button disabled={check.busy} onClick={() => void check.act(props.request)}>
        Check before the run
      </Button>
      {check.failure && <FailurePanel failure={check.failure} onDismiss={check.forget} />}
      {check.answer && (
        <ul aria-label="Checks">
          {check.answer.checks.map(({ what, state, detail }) => {
            const { Icon, words, color } = signs[state];
            return (
              <li key={`${what} ${detail}`}>
                <Icon size={15} role="img" aria-label={words} style={{ color }} />
                <span>
                  <strong>{what}:</strong> {detail}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
