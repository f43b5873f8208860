import { type ReactNode, useId } from 'react';
import styles from './parts.module.css';

/** A titled region of a screen. */
export function Panel(props: { title: string; actions?: ReactNode; className?: string | undefined; children: ReactNode }) {
  const titleId = useId();
  return (
    <section aria-labelledby={titleId} className={`${styles['panel']} ${props.className ?? ''}`}>
      <header className={styles['panelHead']}>
        <h2 id={titleId}>{props.title}</h2>
        {props.actions}
      </header>
      <div className={styles['panelBody']}>{props.children}</div>
    </section>
  );
}
