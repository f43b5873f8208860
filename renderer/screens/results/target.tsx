import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { useAct, useAsk } from '../../state/queries.ts';
import styles from './results.module.css';

/** Where to write: a folder from the host's dialog, or typed where there is none (in a browser). */
export function Target(props: {
  target: { grant: string; display: string } | undefined;
  suggestedName: string;
  onChoose: (target: { grant: string; display: string }) => void;
}) {
  const host = useAsk('app.state', {}).data?.host;
  const choosing = useAct('grant.chooseFolder', { failureShown: true });
  const typing = useAct('grant.folder', { failureShown: true });
  const [path, setPath] = useState('');
  const failure = choosing.failure ?? typing.failure;

  const choose = async () => {
    const answer = await choosing.act({ purpose: 'output', suggestedName: props.suggestedName });
    if (answer?.grant !== undefined) props.onChoose({ grant: answer.grant, display: answer.display ?? answer.name ?? '' });
  };
  const take = async () => {
    if (path.trim() === '') return;
    const answer = await typing.act({ path: path.trim(), purpose: 'output' });
    if (answer) props.onChoose({ grant: answer.grant, display: answer.display });
  };

  return (
    <div className={styles['target']}>
      {host === 'web' ? (
        <div className={styles['targetRow']}>
          <TextInput
            label="Write into this folder"
            description="On the computer that runs Samecell"
            placeholder="/data/session"
            value={path}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setPath(event.currentTarget.value)}
            onKeyDown={(event) => event.key === 'Enter' && void take()}
          />
          <Button onClick={() => void take()} disabled={path.trim() === '' || typing.busy}>
            Use folder
          </Button>
        </div>
      ) : (
        <Button onClick={() => void choose()} disabled={choosing.busy}>
          Choose where to write…
        </Button>
      )}
      {props.target && (
        <p className={styles['muted']}>
          Into <span className={styles['path']}>{props.target.display}</span>
        </p>
      )}
      {failure && <FailurePanel failure={failure} />}
    </div>
  );
}
