import { useCallback } from 'react';
import type { AnalyzerInfo, Answer } from '../../../app/contract/calls.ts';
import type { SizePx } from '../../../app/plots/feature.ts';
import { featureById } from '../../../app/plots/registry.ts';
import { Chart } from '../../chart/chart.tsx';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { usePlotTheme } from '../../state/plot-theme.ts';
import { useAsk } from '../../state/queries.ts';
import styles from './review.module.css';

/** Data of pictures is forgotten a minute after its group left the screen. */
export const plotKeepMs = 60_000;

function Drawn(props: { feature: AnalyzerInfo['features'][number]; plot: Answer<'plot.load'> }) {
  const { feature, plot } = props;
  const theme = usePlotTheme();
  const option = useCallback((sizePx: SizePx) => featureById(feature.id).option(plot.data, theme, sizePx), [feature.id, plot.data, theme]);
  return <Chart option={option} height="100%" ariaLabel={`${feature.title}. ${plot.description}`} />;
}

/** One picture of the group, drawn here from the same option as the judge's. */
export function FeatureChart(props: { groupId: string; feature: AnalyzerInfo['features'][number] }) {
  const { groupId, feature } = props;
  const plot = useAsk('plot.load', { groupId, feature: feature.id }, { keepMs: plotKeepMs });
  if (plot.error)
    return (
      <div className={styles['cellNote']}>
        <FailurePanel failure={plot.error} onRetry={() => void plot.refetch()} />
      </div>
    );
  if (!plot.data)
    return (
      <div className={styles['cellNote']}>
        <Waiting what={`Reading ${feature.title}`} />
      </div>
    );
  return <Drawn key={groupId} feature={feature} plot={plot.data} />;
}
