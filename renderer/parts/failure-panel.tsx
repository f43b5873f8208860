import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { FailureDetails } from '../../app/failure.ts';
import { copyText } from './copy-text.ts';
import styles from './parts.module.css';

interface Shown {
  readonly kind: string;
  readonly message: string;
  readonly details?: FailureDetails | undefined;
}

function spoken(value: FailureDetails[string]): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** What went wrong, the facts that go with it, and what can be done. */
export function FailurePanel(props: { failure: Shown; onRetry?: (() => void) | undefined; onDismiss?: (() => void) | undefined }) {
  const { failure } = props;
  const facts = Object.entries(failure.details ?? {}).filter(([, value]) => value !== null && value !== '');
  const asText = [failure.message, `kind: ${failure.kind}`, ...facts.map(([name, value]) => `${name}: ${spoken(value)}`)].join('\n');
  return (
    <div role="alert" className={styles['failure']}>
      <IconAlertTriangle aria-hidden size={18} className={styles['failureIcon'] ?? ''} />
      <div className={styles['failureText']}>
        <p>{failure.message}</p>
        {facts.length > 0 && (
          <dl className={styles['failureFacts']}>
            {facts.map(([name, value]) => (
              <div key={name} style={{ display: 'contents' }}>
                <dt>{name}</dt>
                <dd>{spoken(value)}</dd>
              </div>
            ))}
          </dl>
        )}
        <div className={styles['failureActions']}>
          {props.onRetry && <Button onClick={props.onRetry}>Try again</Button>}
          {props.onDismiss && <Button onClick={props.onDismiss}>Dismiss</Button>}
          <Button variant="subtle" color="gray" onClick={() => copyText(asText)}>
            Copy details
          </Button>
        </div>
      </div>
    </div>
  );
}
