import { Button } from '@mantine/core';
import type { Answer } from '../../../app/contract/calls.ts';
import { Snippet } from '../../parts/snippet.tsx';
import { counted, spokenMs } from '../../parts/spoken.ts';
import { useAct, useAsk } from '../../state/queries.ts';
import { useSession } from '../../state/session.tsx';
import styles from './results.module.css';

/** What was written, what was left out and why, and how to load it. */
export function Written(props: { written: Answer<'apply.write'> }) {
  const { written } = props;
  const { session } = useSession();
  const host = useAsk('app.state', {}).data?.host;
  const reveal = useAct('apply.reveal');
  const hasAnalyzer = written.files.includes('sorting/');
  return (
    <section className={styles['written']} aria-label="Written">
      <h3>
        {hasAnalyzer ? `Written: ${counted(written.unitCount, 'unit')}, ${counted(written.mergedCount, 'merge')}` : 'Written'} in{' '}
        {spokenMs(written.ms)}
      </h3>
      <p className={styles['path']}>{written.display}</p>
      <ul aria-label="Files">
        {written.files.map((file) => (
          <li key={file} className={styles['path']}>
            {file}
          </li>
        ))}
      </ul>
      {written.dropped.length > 0 && (
        <>
          <p>Left out of the merged analyzer:</p>
          <ul aria-label="Left out">
            {written.dropped.map((drop) => (
              <li key={drop.extension}>
                <span className={styles['units']}>{drop.extension}</span>: {drop.why}
              </li>
            ))}
          </ul>
        </>
      )}
      {written.notes.length > 0 && (
        <ul aria-label="Notes">
          {written.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {host === 'electron' && <Button onClick={() => void reveal.act({ sessionId: session.sessionId })}>Show in the file manager</Button>}
      {hasAnalyzer && (
        <Snippet
          label="the loading code"
          code={'import spikeinterface.full as si\nanalyzer = si.load_sorting_analyzer("PATH/TO/THE/NEW/FOLDER")'}
        />
      )}
    </section>
  );
}
