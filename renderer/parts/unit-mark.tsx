import styles from './parts.module.css';
import { spokenCount } from './spoken.ts';

const dashes = ['', '5 3', '2 2'] as const;

/** A unit as it is drawn: its colour and dash, its letter in the pictures, its id, its spikes. */
export function UnitMark(props: { index: number; label: string; unit: number | string; spikeCount?: number | undefined }) {
  const place = props.index % 8;
  return (
    <span className={styles['unit']}>
      <svg className={styles['unitSwatch']} width="18" height="8" aria-hidden="true">
        <line x1="0" x2="18" y1="4" y2="4" strokeWidth="3" strokeDasharray={dashes[place % 3]} style={{ stroke: `var(--unit-${place})` }} />
      </svg>
      <strong>{props.label}</strong>
      <span className={styles['unitId']}>{String(props.unit)}</span>
      {props.spikeCount !== undefined && <span className={styles['muted']}>{spokenCount(props.spikeCount)} spikes</span>}
    </span>
  );
}
