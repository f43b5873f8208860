import type { Answer } from '../../../app/contract/calls.ts';
import { counted } from '../../parts/spoken.ts';
import styles from './candidates.module.css';

const heightPx = 64;

/** How many pairs each threshold would keep; the bar at hand is marked, any bar can be chosen. */
export function Thresholds(props: { curve: Answer<'candidates.atThresholds'>; threshold: number; onChoose: (threshold: number) => void }) {
  const { curve, threshold } = props;
  const most = Math.max(1, ...curve.pairCounts.map((count) => Math.log1p(count)));
  return (
    <figure className={styles['curve']} aria-label="Pairs kept at each threshold">
      <div className={styles['bars']}>
        {curve.thresholds.map((at, index) => {
          const count = curve.pairCounts[index] ?? 0;
          const words = `${at.toFixed(2)}: ${counted(count, 'pair')}`;
          return (
            <button
              key={at}
              type="button"
              title={words}
              aria-label={words}
              aria-pressed={Math.abs(at - threshold) < 1e-9}
              data-below={at <= threshold + 1e-9}
              onClick={() => props.onChoose(at)}
            >
              <span style={{ height: count === 0 ? 1 : 4 + (Math.log1p(count) / most) * (heightPx - 4) }} />
            </button>
          );
        })}
      </div>
      <figcaption className={styles['muted']}>
        Pairs kept (of {curve.pairTotal}, log scale) against template_diff_thresh {curve.thresholds[0]?.toFixed(2)}–
        {curve.thresholds.at(-1)?.toFixed(2)}
      </figcaption>
    </figure>
  );
}
