import { IconArrowBadgeDown, IconArrowBadgeUp, IconPoint } from '@tabler/icons-react';
import type { FeatureFinding } from '../../../app/contract/verdict.ts';

const signs = {
  merge: { Icon: IconArrowBadgeUp, words: 'speaks for the same cell', color: 'var(--same)' },
  'not merge': { Icon: IconArrowBadgeDown, words: 'speaks for different cells', color: 'var(--different)' },
  neither: { Icon: IconPoint, words: 'speaks for neither', color: 'var(--text-muted)' },
} as const;

const weight = { low: 'weakly', medium: 'moderately', high: 'strongly' } as const;

/** What a judge found in one picture or number, and for which side it speaks. */
export function FindingText(props: { finding: FeatureFinding; title?: string }) {
  const { finding } = props;
  const { Icon, words, color } = signs[finding.supports];
  const said = finding.supports === 'neither' ? words : `${weight[finding.severity]} ${words}`;
  return (
    <>
      <span title={said}>
        <Icon size={15} role="img" aria-label={said} style={{ color }} />
      </span>
      <span>
        {props.title !== undefined && <strong>{props.title}: </strong>}
        {finding.finding}
      </span>
    </>
  );
}
