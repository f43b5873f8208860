import styles from './review.module.css';
import { type Distribution, standingOf, standingWords } from './standing.ts';

const widthPx = 96;
const heightPx = 20;

/** A small histogram of a number over near pairs with a mark where this pair stands. */
export function StandingStrip(props: { distribution: Distribution | undefined; value: number | null | undefined }) {
  const standing = standingOf(props.distribution, props.value);
  if (!standing || !props.distribution) return <span className={styles['noStanding']}>–</span>;
  const most = Math.max(...standing.bars);
  const barPx = widthPx / standing.bars.length;
  const words = standingWords(standing, props.distribution.count);
  return (
    <svg className={styles['standing']} width={widthPx} height={heightPx} role="img" aria-label={words}>
      <title>{words}</title>
      {standing.bars.map((share, index) => {
        const height = share === 0 ? 0 : Math.max(1, (share / most) * (heightPx - 3));
        // biome-ignore lint/suspicious/noArrayIndexKey: bars have no other name
        return <rect key={index} x={index * barPx} y={heightPx - height} width={Math.max(1, barPx - 1)} height={height} />;
      })}
      <line x1={1 + standing.place * (widthPx - 2)} x2={1 + standing.place * (widthPx - 2)} y1={0} y2={heightPx} />
    </svg>
  );
}
