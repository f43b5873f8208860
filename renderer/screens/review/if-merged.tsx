import { ActionIcon, NumberInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import type { GroupRow } from '../../../app/contract/calls.ts';
import type { SizePx } from '../../../app/plots/feature.ts';
import { Chart } from '../../chart/chart.tsx';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { counted, spokenCount, spokenNumber } from '../../parts/spoken.ts';
import { usePlace } from '../../state/place.ts';
import { usePlotTheme } from '../../state/plot-theme.ts';
import { useAsk } from '../../state/queries.ts';
import { amplitudesOption, autocorrelogramOption, type IfMerged, templateOption } from './if-merged-charts.ts';
import styles from './review.module.css';

const keepMs = 60_000;
const usualCensorMs = 0.3;
/** SpikeInterface's `sparsity_overlap`. */
const wantedOverlap = 0.75;

function percent(share: number | null): string {
  return share === null ? '–' : `${spokenNumber(100 * share, 1)} %`;
}

function Facts(props: { data: IfMerged; labels: readonly string[] }) {
  const { before, after, duplicateCount, channels } = props.data;
  const row = (title: string, of: (unit: IfMerged['after']) => string) => (
    <tr>
      <th scope="row">{title}</th>
      {before.map((unit, index) => (
        <td key={props.labels[index]}>{of(unit)}</td>
      ))}
      <td>
        <strong>{of(after)}</strong>
      </td>
    </tr>
  );
  const narrow = channels.overlap < wantedOverlap;
  return (
    <>
      <table className={styles['ifMergedTable']}>
        <thead>
          <tr>
            <td />
            {props.labels.map((label) => (
              <td key={label}>{label}</td>
            ))}
            <td>merged</td>
          </tr>
        </thead>
        <tbody>
          {row('Spikes', (unit) => spokenCount(unit.spikeCount))}
          {row('Rate', (unit) => `${spokenNumber(unit.firingRateHz, 1)} Hz`)}
          {row('Violations', (unit) => spokenCount(unit.violations))}
          {row('Contamination', (unit) => percent(unit.contamination))}
        </tbody>
      </table>
      <p className={styles['ifMergedNote']} data-warning={narrow}>
        {counted(duplicateCount, 'duplicate')} dropped.{' '}
        {channels.common === 0
          ? 'No channel in common: a soft merge is not possible.'
          : `${channels.common} of ${channels.together} channels in common${narrow ? `: ${spokenNumber(channels.overlap, 2)}, below sparsity_overlap 0.75` : ''}.`}
      </p>
    </>
  );
}

function Charts(props: { data: IfMerged }) {
  const { data } = props;
  const theme = usePlotTheme();
  const template = useCallback((size: SizePx) => templateOption(data, theme, size), [data, theme]);
  const acg = useCallback((size: SizePx) => autocorrelogramOption(data, theme, size), [data, theme]);
  const amplitudes = useCallback(() => amplitudesOption(data, theme), [data, theme]);
  const height = '100%';
  return (
    <>
      {data.template ? (
        <Chart
          option={template}
          height={height}
          ariaLabel={`Merged template on channels ${data.template.channels.join(', ')}, over the units’ own.`}
        />
      ) : (
        <p className={styles['cellNote']}>No merged template: the units have no channel in common, or the analyzer has no templates.</p>
      )}
      <Chart option={acg} height={height} ariaLabel={`Autocorrelogram of the merged unit: ${data.after.violations} pairs within 1 ms.`} />
      {data.amplitudes ? (
        <Chart option={amplitudes} height={height} ariaLabel="Amplitudes of the merged unit along the recording, coloured by unit." />
      ) : (
        <p className={styles['cellNote']}>No amplitudes: the analyzer lacks spike_amplitudes.</p>
      )}
    </>
  );
}

/** What merging the group would make, before anything is applied: numbers before and after, template, correlogram, amplitudes. */
export function IfMergedPanel(props: { group: GroupRow }) {
  const { group } = props;
  // In a low window the pictures come first.
  const isLow = useMediaQuery('(max-height: 719px)', undefined, { getInitialValueInEffect: false }) ?? false;
  const folded = usePlace((place) => place.ifMergedFolded) ?? isLow;
  const [censorMs, setCensorMs] = useState(usualCensorMs);
  const answer = useAsk('group.ifMerged', folded ? undefined : { groupId: group.groupId, censorMs }, { keepMs });
  const Chevron = folded ? IconChevronUp : IconChevronDown;
  return (
    <section className={styles['ifMerged']} aria-label="If merged" data-folded={folded}>
      <div className={styles['ifMergedFacts']}>
        <header className={styles['ifMergedHead']}>
          <h3>If merged</h3>
          {!folded && (
            <>
              <label htmlFor="censor-ms">censor_ms</label>
              <NumberInput
                id="censor-ms"
                size="xs"
                className={styles['censor'] ?? ''}
                value={censorMs}
                min={0}
                max={100}
                step={0.1}
                hideControls
                onChange={(value) => setCensorMs(typeof value === 'number' && value >= 0 && value <= 100 ? value : 0)}
              />
            </>
          )}
          <ActionIcon
            size={20}
            aria-expanded={!folded}
            aria-label={folded ? 'Show what merging would make' : 'Hide what merging would make'}
            onClick={() => usePlace.getState().foldIfMerged(!folded)}
          >
            <Chevron size={14} aria-hidden />
          </ActionIcon>
        </header>
        {answer.error && <FailurePanel failure={answer.error} onRetry={() => void answer.refetch()} />}
        {!folded && answer.data && <Facts data={answer.data} labels={group.labels} />}
      </div>
      {!folded && answer.data && <Charts data={answer.data} />}
    </section>
  );
}
