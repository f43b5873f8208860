import { Button } from '@mantine/core';
import { Panel } from '../../parts/panel.tsx';
import { counted, spokenCount, spokenDuration, spokenRate } from '../../parts/spoken.ts';
import { usePlace } from '../../state/place.ts';
import { useSession } from '../../state/session.tsx';
import { Allowed } from './allowed.tsx';
import { Extensions } from './extensions.tsx';
import styles from './overview.module.css';
import { Units } from './units.tsx';

/** What was opened, what it allows, and what is missing. */
export function Overview() {
  const { session, info } = useSession();
  const facts: readonly (readonly [string, string])[] = [
    ['Units', spokenCount(info.unitCount)],
    ['Spikes', spokenCount(info.spikeCount)],
    ['Channels', spokenCount(info.channelCount)],
    ['Duration', spokenDuration(info.durationS)],
    ['Segments', spokenCount(info.segmentCount)],
    ['Sampling rate', spokenRate(info.samplingFrequencyHz)],
    ['Format', info.format === 'phy' ? 'phy or Kilosort' : info.format],
    ...(info.format === 'phy' ? [] : [['SpikeInterface', info.spikeinterfaceVersion] as const]),
    ['Channels per unit', info.sparse ? 'sparse' : 'dense'],
    ['Amplitudes in', info.returnInUv ? 'µV' : info.format === 'phy' ? 'the sorter’s own units' : 'the recording’s counts'],
  ];
  return (
    <div className={styles['overview']}>
      <div className={styles['head']}>
        <div>
          <h1>{info.name}</h1>
          <p className={styles['folder']}>{session.analyzerFolder}</p>
        </div>
        {session.groupCount > 0 ? (
          <Button size="xs" variant="filled" onClick={() => usePlace.getState().goTo('review')}>
            Review {counted(session.groupCount, 'group')}
          </Button>
        ) : (
          <Button size="xs" variant="filled" onClick={() => usePlace.getState().goTo('candidates')}>
            Find merge candidates
          </Button>
        )}
      </div>
      <dl className={styles['facts']} aria-label="The analyzer">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {info.problems.length > 0 && (
        <ul className={styles['problems']} aria-label="Problems">
          {info.problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
      <div className={styles['columns']}>
        <Extensions extensions={info.extensions} />
        <div className={styles['right']}>
          <Allowed title="Pictures" items={info.features} />
          <Allowed title="Candidate steps" items={info.steps} />
          <Panel title={`Units (${spokenCount(info.unitCount)})`}>
            <div className={styles['unitTable']}>
              <Units units={info.units} />
            </div>
          </Panel>
        </div>
      </div>
    </div>
  );
}
