import { Button } from '@mantine/core';
import { copyText } from './copy-text.ts';
import styles from './parts.module.css';

/** Code to take elsewhere. */
export function Snippet(props: { code: string; label: string }) {
  return (
    <div className={styles['snippet']}>
      <pre>
        <code>{props.code}</code>
      </pre>
      <Button
        className={styles['snippetCopy'] ?? ''}
        variant="subtle"
        onClick={() => copyText(props.code)}
        aria-label={`Copy ${props.label}`}
      >
        Copy
      </Button>
    </div>
  );
}
