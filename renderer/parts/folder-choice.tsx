import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useAct, useAsk } from '../state/queries.ts';
import { FailurePanel } from './failure-panel.tsx';
import styles from './parts.module.css';

export interface ChosenFolder {
  readonly grant: string;
  readonly display: string;
}

/** A folder: from the host's dialog, or typed where there is none (in a browser). A failure to get it is shown below. */
export function FolderChoice(props: {
  purpose: 'output' | 'recording';
  suggestedName?: string;
  /** The button that opens the dialog. */
  choose: string;
  typed: { readonly label: string; readonly placeholder: string; readonly button: string };
  /** Something is done with the folder chosen last. */
  busy?: boolean;
  onChoose: (folder: ChosenFolder) => void;
}) {
  const { purpose, suggestedName, typed } = props;
  const host = useAsk('app.state', {}).data?.host;
  const choosing = useAct('grant.chooseFolder', { failureShown: true });
  const typing = useAct('grant.folder', { failureShown: true });
  const [path, setPath] = useState('');
  const failure = choosing.failure ?? typing.failure;
  const busy = choosing.busy || typing.busy || props.busy === true;

  const choose = async () => {
    const answer = await choosing.act({ purpose, ...(suggestedName === undefined ? {} : { suggestedName }) });
    if (answer?.grant !== undefined) props.onChoose({ grant: answer.grant, display: answer.display ?? answer.name ?? '' });
  };
  const take = async () => {
    if (path.trim() === '') return;
    const answer = await typing.act({ path: path.trim(), purpose });
    if (answer) props.onChoose({ grant: answer.grant, display: answer.display });
  };

  return (
    <>
      {host === 'web' ? (
        <div className={styles['folderChoice']}>
          <TextInput
            label={typed.label}
            description="On the computer that runs Samecell"
            placeholder={typed.placeholder}
            value={path}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setPath(event.currentTarget.value)}
            onKeyDown={(event) => event.key === 'Enter' && void take()}
          />
          <Button onClick={() => void take()} disabled={path.trim() === '' || busy}>
            {typed.button}
          </Button>
        </div>
      ) : (
        <Button onClick={() => void choose()} disabled={busy}>
          {props.choose}
        </Button>
      )}
      {failure && <FailurePanel failure={failure} />}
    </>
  );
}
