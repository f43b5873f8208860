import { IconCheck, IconMinus } from '@tabler/icons-react';
import { Panel } from '../../parts/panel.tsx';
import styles from './overview.module.css';

interface Item {
  readonly id: string;
  readonly title: string;
  readonly purpose: string;
  readonly available: boolean;
  readonly missing: readonly string[];
}

/** Pictures or steps: which this analyzer allows, and what the others lack. */
export function Allowed(props: { title: string; items: readonly Item[] }) {
  const count = props.items.filter((item) => item.available).length;
  return (
    <Panel title={`${props.title} (${count} of ${props.items.length})`}>
      <ul className={styles['list']}>
        {props.items.map((item) => (
          <li key={item.id} className={styles['item']} data-present={item.available}>
            {item.available ? (
              <IconCheck size={15} className={styles['present'] ?? ''} role="img" aria-label="available" />
            ) : (
              <IconMinus size={15} className={styles['absent'] ?? ''} role="img" aria-label="not available" />
            )}
            <span className={styles['itemTitle']} title={item.purpose}>
              {item.title}
            </span>
            <span className={styles['itemName']}>{item.id}</span>
            {!item.available && <span className={styles['itemNote']}>needs {item.missing.join(', ')}</span>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
