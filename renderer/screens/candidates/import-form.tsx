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

const formWords = {
  curation: 'a curation file',
  groups: 'JSON groups',
  pairs: 'a table of pairs',
  list: 'a typed list',
  review: 'phy’s review',
} as const;
const reviewForm = /"reviews"\s*:/;

function outcomeWords(answer: Answer<'candidates.import'>, before: LeftOut | undefined): string {
  const { form, groupCount, addedCount, leftOut, leastScore, scoreColumn, decidedCount, keptCount = 0, unknownCount = 0 } = answer;
  const scores =
    scoreColumn === undefined ? '' : ` Scores from ${scoreColumn}${leastScore === undefined ? '' : `, at least ${leastScore}`}.`;
  const all = {
    sameUnit: leftOut.sameUnit + (before?.sameUnit ?? 0),
    acrossRecordings: leftOut.acrossRecordings + (before?.acrossRecordings ?? 0),
    otherRecordings: leftOut.otherRecordings + (before?.otherRecordings ?? 0),
    belowScore: leftOut.belowScore + (before?.belowScore ?? 0),
  };
  const decided = decidedCount === undefined ? '' : ` ${counted(decidedCount, 'decision')} taken over.`;
  const kept = keptCount === 0 ? '' : ` ${counted(keptCount, 'group')} decided otherwise here stayed so.`;
  const unknown = unknownCount === 0 ? '' : ` ${counted(unknownCount, 'review')} of proposals that are not known here left out.`;
  return `Read as ${formWords[form]}: ${counted(groupCount, 'group')}, ${addedCount} new.${scores}${decided}${kept}${unknown} ${leftOutWords(all)}`.trim();
}

/** Candidates from elsewhere: a file is dropped, chosen or pasted as text, so no path leaves the window. */
export function ImportForm() {
  const { session } = useSession();
  const take = useAct('candidates.import', { failureShown: true });
  const [text, setText] = useState('');
  const [name, setName] = useState('');
  const [leastScore, setLeastScore] = useState<number | ''>('');
  const [leftBefore, setLeftBefore] = useState<LeftOut>();
  /** The curation file that came with phy's review. */
  const [curation, setCuration] = useState<{ name: string; text: string } | undefined>(undefined);

  const readFiles = async (files: readonly File[]) => {
    const large = files.find((file) => file.size > mostBytes);
    if (large) {
      const words = `${large.name} is larger than 400 MB. Leave out pairs of low score first.`;
      announceFailure(new Failure('input.invalid', words, { file: large.name }));
      return;
    }
    const read = await Promise.all(files.map(async (file) => ({ name: file.name.slice(0, 100), text: await file.text() })));
    // Of phy's two files the review is the one to take; the other tells what its proposals are.
    const main = read.find((one) => reviewForm.test(one.text)) ?? read[0];
    if (!main) return;
    setText(main.text);
    setName(main.name);
    setCuration(reviewForm.test(main.text) ? (read.find((one) => one !== main) ?? curation) : undefined);
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
      ...(curation && reviewForm.test(text) ? { curation: curation.text } : {}),
    });
    if (!answer) return;
    say(`${answer.groupCount} groups taken, ${answer.addedCount} new.`);
    setText('');
    setName('');
    setCuration(undefined);
  };
  return (
    <form
      className={styles['hand']}
      aria-label="Import candidates"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        const files = [...event.dataTransfer.files];
        if (files.length === 0) return;
        event.preventDefault();
        event.stopPropagation();
        void readFiles(files);
      }}
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <h2>Import</h2>
      <p className={styles['muted']}>
        Curation JSON, phy’s curation_review.json with its curation.json, a CSV of pairs (UnitMatch, SLAy), or one group of unit ids a line.
      </p>
      {reviewForm.test(text) && (
        <p className={styles['muted']}>
          {curation
            ? `A review by phy, with ${curation.name}.`
            : 'A review by phy: choose the curation.json beside it along with it, unless its groups are on the list.'}
        </p>
      )}
      <Textarea
        aria-label="Candidates as text"
        placeholder={'12 40\n3 41 7'}
        value={text.length > 20_000 ? `${text.slice(0, 20_000)}…` : text}
        readOnly={text.length > 20_000}
        rows={3}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className={styles['importRow']}>
        <FileButton multiple accept=".json,.csv,.txt,.tsv" onChange={(files) => void readFiles(files)}>
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
