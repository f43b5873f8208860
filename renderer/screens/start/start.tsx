import { Button, TextInput } from '@mantine/core';
import { IconFolderOpen } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { Failure } from '../../../app/failure.ts';
import { useKeyOf } from '../../commands/keys.ts';
import { giveCommand } from '../../commands/live-commands.ts';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { KeyHint } from '../../parts/key-hint.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Waiting } from '../../parts/waiting.tsx';
import { useOpening } from '../../state/opening.tsx';
import { useAsk } from '../../state/queries.ts';
import { Recent } from './recent.tsx';
import styles from './start.module.css';

function PathField() {
  const opening = useOpening();
  const [path, setPath] = useState('');
  const open = (event: FormEvent) => {
    event.preventDefault();
    if (path.trim() !== '') opening.openPath(path.trim());
  };
  return (
    <form className={styles['pathRow']} onSubmit={open}>
      <TextInput
        id="analyzer-path"
        label="Folder of the analyzer"
        description="On the computer that runs Samecell"
        placeholder="/data/session/analyzer"
        value={path}
        onChange={(event) => setPath(event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
      />
      <Button type="submit" size="xs" variant="filled" disabled={opening.busy}>
        Open analyzer
      </Button>
    </form>
  );
}

/** Where everything begins: open an analyzer, go on with a recent one, or take the demo. */
export function Start() {
  const state = useAsk('app.state', {});
  const opening = useOpening();
  const openKey = useKeyOf('analyzer.open');
  const recent = useAsk('analyzer.recent', {});
  const inBrowser = state.data?.host === 'web';

  return (
    <div className={styles['start']}>
      <div className={styles['columns']}>
        <div>
          <h1>Which units are the same cell?</h1>
          <p className={styles['lead']}>
            Open a SpikeInterface SortingAnalyzer, look at its merge candidates, decide, and write the merged analyzer. The folder you open
            is never changed.
          </p>
          <div className={styles['actions']}>
            {inBrowser ? (
              <PathField />
            ) : (
              <div>
                <Button
                  variant="filled"
                  size="sm"
                  leftSection={<IconFolderOpen size={16} aria-hidden />}
                  rightSection={<KeyHint>{openKey}</KeyHint>}
                  disabled={opening.busy}
                  onClick={() => opening.choose()}
                >
                  Open an analyzer…
                </Button>
                <p className={styles['note']}>or drop its folder anywhere on this window</p>
              </div>
            )}
            <div className={styles['demo']}>
              <Button onClick={() => giveCommand('demo.open')} disabled={opening.busy} size="xs">
                Open the demo
              </Button>
              <p className={styles['note']}>
                32 units, 120 s, simulated: 20 cells of which some were split, so the right answers are known.
              </p>
            </div>
          </div>
          <div className={styles['state']}>
            {opening.busy && <Waiting what="Opening the analyzer" progress={opening.progress} onCancel={opening.cancel} />}
            {opening.failure && <FailurePanel failure={opening.failure} onDismiss={opening.forget} />}
            {state.data?.startProblem !== undefined && !opening.failure && (
              <FailurePanel failure={new Failure('usage', state.data.startProblem)} />
            )}
          </div>
        </div>
        <Panel title="Recent">
          {recent.data && recent.data.recent.length > 0 && <Recent recent={recent.data.recent} />}
          {recent.data?.recent.length === 0 && (
            <p className={styles['note']}>Nothing opened yet. Analyzers you open are listed here, each with the session you left.</p>
          )}
          {recent.error && <FailurePanel failure={recent.error} onRetry={() => void recent.refetch()} />}
        </Panel>
      </div>
    </div>
  );
}
