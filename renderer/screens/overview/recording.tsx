import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Answer } from '../../../app/contract/calls.ts';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { say } from '../../state/live.ts';
import { useAct, useAsk } from '../../state/queries.ts';
import { useSession } from '../../state/session.tsx';
import styles from './overview.module.css';

/** Whether the traces behind the analyzer can be read, and a way to say where they are now. */
export function Recording(props: { recording: Answer<'compute.list'>['recording']; onLocated: () => void }) {
  const { recording } = props;
  const { sessionId } = useSession().session;
  const host = useAsk('app.state', {}).data?.host;
  const choosing = useAct('grant.chooseFolder', { failureShown: true });
  const typing = useAct('grant.folder', { failureShown: true });
  const locating = useAct('compute.locateRecording', { failureShown: true });
  const [path, setPath] = useState('');
  const failure = choosing.failure ?? typing.failure ?? locating.failure;
  const busy = choosing.busy || typing.busy || locating.busy;

  const locate = async (grant: string | undefined) => {
    if (grant === undefined) return;
    if ((await locating.act({ sessionId, grant })) === undefined) return;
    say('The recording is found.');
    props.onLocated();
  };
  const choose = async () => locate((await choosing.act({ purpose: 'recording' }))?.grant);
  const take = async () => {
    if (path.trim() !== '') await locate((await typing.act({ path: path.trim(), purpose: 'recording' }))?.grant);
  };

  if (recording.found)
    return (
      <p className={styles['itemNote']}>
        Recording <span className={styles['itemName']}>{recording.name}</span> can be read.
      </p>
    );
  return (
    <div className={styles['recording']}>
      <p>{recording.why}</p>
      {host === 'web' ? (
        <div className={styles['locate']}>
          <TextInput
            label="The recording’s folder"
            description="On the computer that runs Samecell"
            placeholder="/data/recording"
            value={path}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setPath(event.currentTarget.value)}
            onKeyDown={(event) => event.key === 'Enter' && void take()}
          />
          <Button onClick={() => void take()} disabled={path.trim() === '' || busy}>
            Locate
          </Button>
        </div>
      ) : (
        <Button onClick={() => void choose()} disabled={busy}>
          Locate recording…
        </Button>
      )}
      {failure && <FailurePanel failure={failure} />}
    </div>
  );
}
