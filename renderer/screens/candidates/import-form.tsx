import { Button, FileButton, NumberInput, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Answer } from '../../../app/contract/calls.ts';
import { type LeftOut, leftOutWords, withoutNeedlessRows } from '../../../app/curation/imported-candidates.ts';
import { Failure } from '../../../app/failure.ts';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { counted } from '../../parts/spoken.ts';
import { announceFailure } from '../../state/failures.ts';
import { say } from '../../state/live.ts';
import { useAct } from '../../state/queries.ts';
import { useSession } from '../../state/session.tsx';
import styles from './candidates.module.css';

const mostLetters = 7_000_000;
const mostBytes = 400_000_000;

const formWords = { curation: 'a curation file', groups: 'JSON groups', pairs: 'a table of pairs', list: 'a typed list' } as const;

function outcomeWords(
  { form, groupCount, addedCount, leftOut, leastScore, scoreColumn }: Answer<'candidates.import'>,
  before: LeftOut | undefined,
): string {
  const scores =
    scoreColumn === undefined ? '' : ` Scores from ${scoreColumn}${leastScore === undefined ? '' : `, at least ${leastScore}`}.`;
  const all = {
    sameUnit: leftOut.sameUnit + (before?.sameUnit ?? 0),
    acrossRecordings: leftOut.acrossRecordings + (before?.acrossRecordings ?? 0),
    otherRecordings: leftOut.otherRecordings + (before?.otherRecordings ?? 0),
    belowScore: leftOut.belowScore + (before?.belowScore ?? 0),
  };
  return `Read as ${formWords[form]}: ${counted(groupCount, 'group')}, ${addedCount} new.${scores} ${leftOutWords(all)}`.trim();
}

/** Candidates from elsewhere: a file is dropped, chosen or pasted as text, so no path leaves the window. */
export function ImportForm() {
  const { session } = useSession();
  const take = useAct('candidates.import', { failureShown: true });
  const [text, setText] = useState('');
  const [name, setName] = useState('');
  const [leastScore, setLeastScore] = useState<number | ''>('');
  const [leftBefore, setLeftBefore] = useState<LeftOut>();

  const readFile = async (file: File | null | undefined) => {
    if (!file) return;
    if (file.size > mostBytes) {
      announceFailure(
        new Failure('input.invalid', `${file.name} is larger than 400 MB. Leave out pairs of low score first.`, { file: file.name }),
      );
      return;
    }
    setText(await file.text());
    setName(file.name.slice(0, 100));
  };
  const add = async () => {
    // A match table holds every pair of every recording: what can't be taken stays here.
    const narrowed = text.length > mostLetters ? withoutNeedlessRows(text, leastScore === '' ? undefined : leastScore) : undefined;
    const sent = narrowed?.text ?? text;
    if (sent.length > mostLetters) {
      announceFailure(new Failure('input.invalid', 'That is more than 7 million letters. Leave out pairs of low score first.'));
      return;
    }
    setLeftBefore(narrowed?.leftOut);
    const answer = await take.act({
      sessionId: session.sessionId,
      name: name.trim() || 'typed',
      text: sent,
      ...(leastScore === '' ? {} : { leastScore }),
    });
    if (!answer) return;
    say(`${answer.groupCount} groups taken, ${answer.addedCount} new.`);
    setText('');
    setName('');
  };
  return (
    <form
      className={styles['hand']}
      aria-label="Import candidates"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        const [file] = event.dataTransfer.files;
        if (!file) return;
        event.preventDefault();
        event.stopPropagation();
        void readFile(file);
      }}
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <h2>Import</h2>
      <p className={styles['muted']}>Curation JSON, a CSV of pairs (UnitMatch, SLAy), or one group of unit ids a line.</p>
      <Textarea
        aria-label="Candidates as text"
        placeholder={'12 40\n3 41 7'}
        value={text.length > 20_000 ? `${text.slice(0, 20_000)}…` : text}
        readOnly={text.length > 20_000}
        rows={3}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className={styles['importRow']}>
        <FileButton accept=".json,.csv,.txt,.tsv" onChange={(file) => void readFile(file)}>
          {(button) => <Button {...button}>File…</Button>}
        </FileButton>
        <TextInput
          aria-label="Name of the source"
          placeholder="source"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NumberInput
          aria-label="Least score"
          placeholder="least score"
          value={leastScore}
          hideControls
          onChange={(value) => setLeastScore(typeof value === 'number' ? value : '')}
        />
        <Button type="submit" disabled={text.trim() === '' || take.busy}>
          Import
        </Button>
      </div>
      {take.failure && <FailurePanel failure={take.failure} onDismiss={take.forget} />}
      {take.answer && !take.busy && !take.failure && <output>{outcomeWords(take.answer, leftBefore)}</output>}
    </form>
  );
}
