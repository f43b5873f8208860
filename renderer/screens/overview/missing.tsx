import { Button, Checkbox, Progress } from '@mantine/core';
import { IconMinus } from '@tabler/icons-react';
import { useState } from 'react';
import type { AnalyzerInfo, Answer } from '../../../app/contract/calls.ts';
import { copyText } from '../../parts/copy-text.ts';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Snippet } from '../../parts/snippet.tsx';
import { counted } from '../../parts/spoken.ts';
import { say } from '../../state/live.ts';
import { type ActProgress, useAct, useAsk } from '../../state/queries.ts';
import { useSession } from '../../state/session.tsx';
import styles from './overview.module.css';
import { Recording } from './recording.tsx';

type Missing = AnalyzerInfo['extensions'][number];
type Computable = Answer<'compute.list'>['extensions'][number];

/** What an extension is computed from, in words. */
function spokenNeeds(row: Computable): string {
  const from = [...row.needs, ...(row.readsRecording ? ['the recording'] : [])];
  return from.length === 0 ? 'from the spikes' : `from ${from.join(', ')}`;
}

function Row(props: { extension: Missing; computable: Computable | undefined; chosen: boolean; onChoose: (chosen: boolean) => void }) {
  const { extension, computable } = props;
  const [open, setOpen] = useState(false);
  const possible = computable?.possible ?? false;
  return (
    <li className={styles['item']} data-present={possible}>
      {possible ? (
        <Checkbox
          size="xs"
          aria-label={`Compute ${extension.name}`}
          checked={props.chosen}
          onChange={(event) => props.onChoose(event.currentTarget.checked)}
        />
      ) : (
        <IconMinus size={15} className={styles['absent'] ?? ''} role="img" aria-label="missing" />
      )}
      <span className={styles['itemName']}>{extension.name}</span>
      {extension.snippet === undefined ? (
        <span />
      ) : (
        <Button
          variant="subtle"
          size="compact-xs"
          aria-expanded={open}
          aria-label={open ? `Hide how to compute ${extension.name}` : `In Python: how to compute ${extension.name}`}
          onClick={() => setOpen(!open)}
        >
          {open ? 'Hide' : 'In Python'}
        </Button>
      )}
      {computable !== undefined && <span className={styles['itemNote']}>{possible ? spokenNeeds(computable) : computable.why}</span>}
      {extension.unlocks.length > 0 && <span className={styles['itemNote']}>would allow {extension.unlocks.join(', ')}</span>}
      {open && extension.snippet !== undefined && (
        <div className={styles['itemSnippet']}>
          <Snippet code={extension.snippet} label={`the code for ${extension.name}`} />
        </div>
      )}
    </li>
  );
}

function Computing(props: { progress: ActProgress | undefined; onCancel: () => void }) {
  const { progress } = props;
  const percent = progress === undefined || progress.total === 0 ? 0 : Math.floor((100 * progress.done) / progress.total);
  return (
    <div className={styles['computing']} role="status" aria-label="Computing extensions">
      <div className={styles['computingLine']}>
        <span className={styles['itemName']}>{progress?.what || 'starting'}</span>
        <span>{percent} %</span>
        <Button onClick={props.onCancel}>Cancel</Button>
      </div>
      <Progress value={percent} size={4} aria-label="Share computed" />
    </div>
  );
}

/** What the analyzer lacks: to be computed here where that is possible, each with what it needs and what it would allow. */
export function MissingExtensions(props: { extensions: readonly Missing[] }) {
  const { sessionId } = useSession().session;
  const list = useAsk('compute.list', { sessionId });
  const compute = useAct('compute.run', { failureShown: true });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const byName = new Map((list.data?.extensions ?? []).map((row) => [row.name, row]));
  const possible = props.extensions.filter(({ name }) => byName.get(name)?.possible === true).map(({ name }) => name);
  const wanted = possible.filter((name) => chosen.has(name));
  const code = props.extensions.flatMap(({ snippet }) => (snippet === undefined ? [] : [snippet])).join('\n\n');

  const choose = (name: string, isChosen: boolean) => {
    const next = new Set(chosen);
    if (isChosen) next.add(name);
    else next.delete(name);
    setChosen(next);
  };
  const run = async () => {
    const answer = await compute.act({ sessionId, extensions: wanted });
    if (answer === undefined) return;
    setChosen(new Set());
    say(`${counted(answer.computed.length, 'extension')} computed.`);
  };

  return (
    <Panel
      title={`Missing extensions (${props.extensions.length})`}
      actions={
        code !== '' && (
          <Button variant="subtle" onClick={() => copyText(code)}>
            Copy code for all
          </Button>
        )
      }
    >
      {list.error && <FailurePanel failure={list.error} onRetry={() => void list.refetch()} />}
      {list.data && <Recording recording={list.data.recording} onLocated={() => void list.refetch()} />}
      {possible.length > 0 && !compute.busy && (
        <div className={styles['computeActions']}>
          <Button variant="filled" onClick={() => void run()} disabled={wanted.length === 0}>
            {wanted.length === 0 ? 'Compute here' : `Compute ${counted(wanted.length, 'extension')} here`}
          </Button>
          <Button variant="subtle" onClick={() => setChosen(wanted.length === possible.length ? new Set() : new Set(possible))}>
            {wanted.length === possible.length ? 'Choose none' : 'Choose all possible'}
          </Button>
          <span className={styles['itemNote']}>Kept in Samecell’s data folder; the analyzer stays as it is.</span>
        </div>
      )}
      {compute.busy && <Computing progress={compute.progress} onCancel={compute.cancel} />}
      {compute.failure && <FailurePanel failure={compute.failure} onDismiss={compute.forget} />}
      <ul className={styles['list']}>
        {props.extensions.map((extension) => (
          <Row
            key={extension.name}
            extension={extension}
            computable={byName.get(extension.name)}
            chosen={chosen.has(extension.name)}
            onChoose={(isChosen) => choose(extension.name, isChosen)}
          />
        ))}
      </ul>
    </Panel>
  );
}
