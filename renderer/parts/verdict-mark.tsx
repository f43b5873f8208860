import { IconAlertTriangle, IconCircleDashed, IconEqual, IconEqualNot, IconQuestionMark } from '@tabler/icons-react';
import type { VerdictWord } from '../../app/contract/verdict.ts';
import styles from './parts.module.css';
import { verdictTitle } from './verdict-words.ts';

const icons = {
  merge: IconEqual,
  'not merge': IconEqualNot,
  unsure: IconQuestionMark,
  failed: IconAlertTriangle,
  none: IconCircleDashed,
  unjudged: undefined,
} as const;

/** `none`: no decision yet. `unjudged`: no verdict. */
export type Marked = VerdictWord | 'failed' | 'none' | 'unjudged';

function title(word: Marked): string {
  if (word === 'failed') return 'Failed';
  if (word === 'none') return 'Open';
  if (word === 'unjudged') return '–';
  return verdictTitle[word];
}

/** A verdict as icon and word, coloured; `iconOnly` keeps the word for screen readers. */
export function VerdictMark(props: { verdict: Marked; confidence?: number | undefined; iconOnly?: boolean; by?: 'judge' }) {
  const Icon = icons[props.verdict];
  const words = props.by === 'judge' ? `judge: ${title(props.verdict)}` : title(props.verdict);
  return (
    <span className={styles['verdict']} data-verdict={props.verdict} title={props.iconOnly ? words : undefined}>
      {Icon && (
        <Icon size={15} stroke={2} aria-hidden={!props.iconOnly} {...(props.iconOnly ? { role: 'img', 'aria-label': words } : {})} />
      )}
      {!props.iconOnly && words}
      {props.confidence !== undefined && <span>{props.confidence.toFixed(2)}</span>}
    </span>
  );
}
