import { FailurePanel } from '../parts/failure-panel.tsx';
import { useFailures } from '../state/failures.ts';
import styles from './shell.module.css';

/** Failures that belong to no panel on screen, until they are dismissed. */
export function FailureList() {
  const { announced, dismiss } = useFailures();
  return (
    <div className={styles['toasts']}>
      {announced.map(({ key, failure }) => (
        <FailurePanel key={key} failure={failure} onDismiss={() => dismiss(key)} />
      ))}
    </div>
  );
}
