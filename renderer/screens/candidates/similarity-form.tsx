import { Slider } from '@mantine/core';
import type { Answer } from '../../../app/contract/calls.ts';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { useAsk } from '../../state/queries.ts';
import { useSession } from '../../state/session.tsx';
import styles from './candidates.module.css';
import { Thresholds } from './thresholds.tsx';

const marks = [0.2, 0.25, 0.5, 0.75].map((value) => ({ value }));

/** Thresholds that people know from elsewhere. */
const known = [
  { at: 0.2, from: 'tutorial' },
  { at: 0.25, from: 'SpikeInterface' },
] as const;

/** How many pairs the step template_similarity alone would keep, at every threshold. */
export function useCurve() {
  const { session, info } = useSession();
  const step = info.steps.find((one) => one.id === 'template_similarity');
  return useAsk('candidates.atThresholds', step?.available ? { sessionId: session.sessionId } : undefined);
}

/** The smallest round threshold that keeps at least one pair. */
export function firstThreshold(curve: Answer<'candidates.atThresholds'>): number | undefined {
  const index = curve.pairCounts.findIndex((count) => count > 0);
  return index < 0 ? undefined : curve.thresholds[index];
}

/** The single step template_similarity: its threshold beside what it would keep. */
export function SimilarityForm(props: { threshold: number; onChange: (threshold: number) => void }) {
  const { threshold, onChange } = props;
  const { info } = useSession();
  const step = info.steps.find((one) => one.id === 'template_similarity');
  const curve = useCurve();
  if (step && !step.available)
    return (
      <p className={styles['warning']}>
        Template similarity needs {step.missing.join(', ')}, which this analyzer lacks. The overview has the SpikeInterface code that
        computes it.
      </p>
    );
  return (
    <>
      <div>
        <label htmlFor="template-diff-thresh" className={styles['label']}>
          Template difference below (template_diff_thresh)
        </label>
        <div className={styles['sliderRow']}>
          <Slider
            className={styles['slider'] ?? ''}
            thumbProps={{ id: 'template-diff-thresh' }}
            thumbLabel="template_diff_thresh"
            min={0}
            max={1}
            step={0.01}
            value={threshold}
            onChange={onChange}
            marks={marks}
            label={null}
          />
          <output htmlFor="template-diff-thresh" className={styles['value']}>
            {threshold.toFixed(2)}
          </output>
        </div>
        <p className={styles['muted']}>
          1 − similarity of the average waveforms (l1). Known values:
          {known.map(({ at, from }) => (
            <button key={at} type="button" className={styles['link']} aria-pressed={threshold === at} onClick={() => onChange(at)}>
              {at.toFixed(2)} {from}
            </button>
          ))}
        </p>
      </div>
      {curve.error && <FailurePanel failure={curve.error} onRetry={() => void curve.refetch()} />}
      {!curve.data && !curve.error && <Waiting what="Comparing all templates" />}
      {curve.data && <Thresholds curve={curve.data} threshold={threshold} onChoose={onChange} />}
    </>
  );
}
