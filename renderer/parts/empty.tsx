import type { ReactNode } from 'react';
import styles from './parts.module.css';

/** Nothing here yet: why, and what to do next. */
export function Empty(props: { title: string; children?: ReactNode; actions?: ReactNode }) {
  return (
    <div className={styles['empty']}>
      <h2>{props.title}</h2>
      {props.children}
      {props.actions && <div className={styles['emptyActions']}>{props.actions}</div>}
    </div>
  );
}
