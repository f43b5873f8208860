import { ActionIcon, SegmentedControl } from '@mantine/core';
import { IconMaximize, IconMinimize } from '@tabler/icons-react';
import { useState } from 'react';
import type { AnalyzerInfo, GroupRow, VerdictRow } from '../../../app/contract/calls.ts';
import { usualFeatureIds } from '../../../app/plots/registry.ts';
import { StoredPicture } from '../../parts/stored-picture.tsx';
import { UnitMark } from '../../parts/unit-mark.tsx';
import { useSession } from '../../state/session.tsx';
import { FeatureChart } from './feature-chart.tsx';
import { IfMergedPanel } from './if-merged.tsx';
import { Numbers } from './numbers.tsx';
import styles from './review.module.css';
import { SeenPicture } from './seen-picture.tsx';

/** Pictures that draw a title however small they are. */
const ownTitle: ReadonlySet<string> = new Set(['waveform_single']);

type FeatureRow = AnalyzerInfo['features'][number];

function Cell(props: {
  feature: FeatureRow;
  groupId: string;
  verdict: VerdictRow | undefined;
  alone: boolean;
  onAlone: (alone: boolean) => void;
}) {
  const { feature, alone } = props;
  const Icon = alone ? IconMinimize : IconMaximize;
  return (
    <section
      className={styles['cell']}
      aria-label={feature.title}
      data-feature={feature.id}
      data-alone={alone}
      data-plain={!feature.available}
    >
      <header className={styles['cellHead']}>
        {feature.available ? (
          <ActionIcon size={20} aria-label={alone ? 'Show all pictures' : `Enlarge ${feature.title}`} onClick={() => props.onAlone(!alone)}>
            <Icon size={13} aria-hidden />
          </ActionIcon>
        ) : (
          <h3>{feature.title}</h3>
        )}
      </header>
      {feature.available && !ownTitle.has(feature.id) && !props.verdict && (
        <div className={styles['cellTitle']} aria-hidden>
          {feature.title}
        </div>
      )}
      <div className={styles['cellBody']}>
        {!feature.available ? (
          <p className={styles['cellNote']}>
            Can’t be drawn: the analyzer lacks {feature.missing.join(', ')}. The overview has the code that computes it.
          </p>
        ) : props.verdict ? (
          <SeenPicture feature={feature} verdict={props.verdict} />
        ) : (
          <FeatureChart groupId={props.groupId} feature={feature} />
        )}
      </div>
    </section>
  );
}

/** The one picture that held all the others, where a judge was shown a sheet. */
function sheetOf(verdict: VerdictRow | undefined): string | undefined {
  const hashes = new Set(verdict?.pictures.map(({ sha256 }) => sha256));
  return verdict && verdict.pictures.length > 1 && hashes.size === 1 ? verdict.pictures[0]?.sha256 : undefined;
}

/** Everything there is to see about one group: its units, the pictures, the numbers. */
export function Evidence(props: { group: GroupRow; seen: VerdictRow | undefined; canSee: boolean; onSee: (see: boolean) => void }) {
  const { group, seen } = props;
  const { info } = useSession();
  const [aloneId, setAloneId] = useState<string | undefined>(undefined);
  const channelOf = (unit: number | string) => info.units.find((row) => row.id === unit)?.mainChannel;
  const sheet = sheetOf(seen);
  const [which, setWhich] = useState<'usual' | 'more'>('usual');
  const shown = info.features.filter((feature) =>
    aloneId === undefined ? usualFeatureIds.includes(feature.id) === (which === 'usual') : feature.id === aloneId,
  );

  return (
    <section className={styles['evidence']} aria-label={`Evidence for units ${group.units.join(' and ')}`}>
      <div className={styles['units']}>
        <ul className={styles['unitsList']} aria-label="Units of the group">
          {group.units.map((unit, index) => (
            <li key={`${typeof unit} ${unit}`}>
              <UnitMark index={index} label={group.labels[index] ?? ''} unit={unit} spikeCount={group.spikeCounts[index]} />{' '}
              <span className={styles['channel']}>· ch {String(channelOf(unit) ?? '–')}</span>
            </li>
          ))}
        </ul>
        <SegmentedControl
          aria-label="Which pictures"
          value={which}
          onChange={(value) => {
            setAloneId(undefined);
            setWhich(value as 'usual' | 'more');
          }}
          data={[
            { value: 'usual', label: 'Main' },
            { value: 'more', label: 'More' },
          ]}
        />
        {props.canSee && (
          <SegmentedControl
            aria-label="Pictures"
            value={seen ? 'seen' : 'charts'}
            onChange={(value) => props.onSee(value === 'seen')}
            data={[
              { value: 'charts', label: 'Charts' },
              { value: 'seen', label: 'As the judge saw' },
            ]}
          />
        )}
      </div>
      <div className={styles['grid']}>
        {sheet === undefined ? (
          shown.map((feature) => (
            <Cell
              key={feature.id}
              feature={feature}
              groupId={group.groupId}
              verdict={seen}
              alone={feature.id === aloneId}
              onAlone={(alone) => setAloneId(alone ? feature.id : undefined)}
            />
          ))
        ) : (
          <section className={styles['cell']} aria-label="The sheet the judge saw" data-alone="true">
            <div className={styles['cellBody']}>
              <div className={styles['picture']}>
                <StoredPicture sha256={sheet} alt="All pictures on one sheet, as the judge saw it" />
              </div>
            </div>
          </section>
        )}
      </div>
      <IfMergedPanel group={group} />
      <Numbers groupId={group.groupId} />
    </section>
  );
}
