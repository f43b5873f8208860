import { Button, PasswordInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Answer } from '../../../app/contract/calls.ts';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { Panel } from '../../parts/panel.tsx';
import { spokenMs } from '../../parts/spoken.ts';
import { useClient } from '../../state/client-context.tsx';
import { announceFailure } from '../../state/failures.ts';
import { say } from '../../state/live.ts';
import { askKey, useAct, useAsk } from '../../state/queries.ts';
import styles from './settings.module.css';

type Judge = Answer<'judge.list'>['judges'][number];

const keyPages = { openai: 'openai-keys', anthropic: 'anthropic-keys', google: 'google-keys' } as const;

function KeyRow(props: { judge: Judge }) {
  const { judge } = props;
  const client = useClient();
  const queries = useQueryClient();
  const [key, setKey] = useState('');
  const [said, setSaid] = useState('');
  const setting = useAct('vault.setKey', { failureShown: true });
  const removing = useAct('vault.removeKey', { failureShown: true });
  const testing = useAct('judge.test', { failureShown: true });
  const failure = setting.failure ?? removing.failure ?? testing.failure;
  const page = keyPages[judge.id as keyof typeof keyPages];

  const forget = () => {
    setting.forget();
    removing.forget();
    testing.forget();
    setSaid('');
  };
  const refresh = () => queries.invalidateQueries({ queryKey: askKey('judge.list') });
  const test = async () => {
    forget();
    const answer = await testing.act({ judge: judge.id });
    if (answer) setSaid(`Works (${spokenMs(answer.ms)}).`);
  };
  const keep = async (event: FormEvent) => {
    event.preventDefault();
    if (key.trim() === '') return;
    forget();
    const answer = await setting.act({ provider: judge.id, key: key.trim() });
    setKey('');
    if (!answer) return;
    say(`The key of ${judge.title} is kept.`);
    await refresh();
    await test();
  };
  const remove = async () => {
    forget();
    if (await removing.act({ provider: judge.id })) say(`The key of ${judge.title} is removed.`);
    await refresh();
  };

  return (
    <form className={styles['key']} onSubmit={(event) => void keep(event)} aria-label={`Key of ${judge.title}`}>
      <div className={styles['keyHead']}>
        <h3>{judge.title}</h3>
        <span className={styles['muted']}>
          {judge.keyPresent ? 'a key is set' : judge.needsKey ? 'no key' : 'no key needed, one can be set'}
        </span>
      </div>
      <div className={styles['keyRow']}>
        <PasswordInput
          aria-label={`New key of ${judge.title}`}
          placeholder={judge.keyPresent ? 'Replace the key' : 'Paste the key'}
          value={key}
          maxLength={1000}
          autoComplete="off"
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        <Button type="submit" disabled={key.trim() === '' || setting.busy}>
          Keep and test
        </Button>
        <Button disabled={(judge.needsKey && !judge.keyPresent) || testing.busy} onClick={() => void test()}>
          Test
        </Button>
        <Button disabled={!judge.keyPresent || removing.busy} onClick={() => void remove()}>
          Remove
        </Button>
      </div>
      {page && (
        <button type="button" className={styles['link']} onClick={() => client.ask('app.openLink', { link: page }).catch(announceFailure)}>
          Where to get a key
        </button>
      )}
      {testing.busy && <p className={styles['muted']}>Asking {judge.title} one small question…</p>}
      {said !== '' && <p className={styles['works']}>{said}</p>}
      {failure && <FailurePanel failure={failure} onDismiss={forget} />}
    </form>
  );
}

/** Keys of the providers: set, tested, removed, never shown again. */
export function Keys() {
  const vault = useAsk('vault.state', {});
  const judges = useAsk('judge.list', {});
  return (
    <Panel title="Keys">
      {vault.data && (
        <p className={vault.data.protected ? styles['muted'] : styles['warning']}>
          {vault.data.protected
            ? 'Kept in this computer’s keychain. A key is never shown again, not even to this window.'
            : 'This computer has no keychain that Samecell can use: keys are kept in memory only, until Samecell closes.'}
        </p>
      )}
      {judges.error && <FailurePanel failure={judges.error} onRetry={() => void judges.refetch()} />}
      {judges.data?.judges
        .filter((judge) => judge.remote)
        .map((judge) => (
          <KeyRow key={judge.id} judge={judge} />
        ))}
    </Panel>
  );
}
