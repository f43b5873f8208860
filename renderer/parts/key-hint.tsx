import type { ReactNode } from 'react';
import styles from './parts.module.css';

/** A key printed beside what it does. Not part of the accessible name. */
export function KeyHint(props: { children: ReactNode; spoken?: boolean }) {
  if (props.children === '' || props.children === undefined) return null;
  return (
    <kbd className={styles['key']} aria-hidden={props.spoken ? undefined : true}>
      {props.children}
    </kbd>
  );
}
