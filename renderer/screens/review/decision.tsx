import { Button, Textarea, VisuallyHidden } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { GroupRow } from '../../../app/contract/calls.ts';
import type { VerdictWord } from '../../../app/contract/verdict.ts';
import { useKeyOf } from '../../commands/keys.ts';
import { giveCommand, useCommand } from '../../commands/live-commands.ts';
import { KeyHint } from '../../parts/key-hint.tsx';
import { VerdictMark } from '../../parts/verdict-mark.tsx';
import { useAct } from '../../state/queries.ts';
import { ExampleForm } from './example-form.tsx';
import styles from './review.module.css';

const commandOf = { merge: 'review.same', 'not merge': 'review.different', unsure: 'review.unsure' } as const;

function Choice(props: { choice: VerdictWord; chosen: boolean; onChoose: () => void }) {
  const key = useKeyOf(commandOf[props.choice]);
  return (
    <button
      type="button"
      className={styles['choice']}
      data-choice={props.choice}
      aria-pressed={props.chosen}
      onClick={(event) => {
        // After a click with the mouse the button lets go, or Space would decide the next group too.
        if (event.detail > 0) event.currentTarget.blur();
        props.onChoose();
      }}
    >
      <VerdictMark verdict={props.choice} />
      <KeyHint>{key}</KeyHint>
    </button>
  );
}

function Note(props: { group: GroupRow; sessionId: string }) {
  const { group, sessionId } = props;
  const [note, setNote] = useState(group.note);
  const keep = useAct('review.note');
  const { act } = keep;
  const field = useRef<HTMLTextAreaElement>(null);
  const key = useKeyOf('review.note');
  const kept = useRef(group.note);
  useCommand('review.note', () => field.current?.focus());

  const latest = useRef(note);
  useEffect(() => {
    latest.current = note;
  }, [note]);
  // Left by key or mouse, unfinished or not: what was written stays.
  useEffect(() => {
    const save = () => {
      if (latest.current === kept.current) return;
      kept.current = latest.current;
      void act({ sessionId, groupId: group.groupId, note: latest.current });
    };
    const element = field.current;
    element?.addEventListener('blur', save);
    return () => {
      element?.removeEventListener('blur', save);
      save();
    };
  }, [act, sessionId, group.groupId]);

  return (
    <Textarea
      ref={field}
      label={
        <>
          Note <KeyHint>{key}</KeyHint>
        </>
      }
      aria-label="Note"
      value={note}
      maxLength={20_000}
      rows={2}
      resize="vertical"
      onChange={(event) => setNote(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey))) field.current?.blur();
      }}
    />
  );
}

/** The decision about one group, its note, undo, and what to keep it for. */
export function Decision(props: {
  group: GroupRow;
  sessionId: string;
  canUndo: boolean;
  canRedo: boolean;
  onDecide: (decision: VerdictWord) => void;
  judgeTitle: string;
}) {
  const { group } = props;
  const [opened, setOpened] = useState<{ readonly groupId: string; readonly label: 'good' | 'bad' } | undefined>(undefined);
  // The form belongs to the group it was opened for: what was written there waits there.
  const drafts = useRef(new Map<string, string>());
  const { groupId } = group;
  const example = opened?.groupId === groupId ? opened.label : undefined;
  const setExample = (label: 'good' | 'bad') => setOpened({ groupId, label });
  const close = () => {
    drafts.current.delete(groupId);
    setOpened((now) => (now?.groupId === groupId ? undefined : now));
  };
  const undoKey = useKeyOf('review.undo');
  const redoKey = useKeyOf('review.redo');
  const goodKey = useKeyOf('example.good');
  const badKey = useKeyOf('example.bad');
  const judgeKey = useKeyOf('judge.group');
  useCommand('review.same', () => props.onDecide('merge'));
  useCommand('review.different', () => props.onDecide('not merge'));
  useCommand('review.unsure', () => props.onDecide('unsure'));
  useCommand('example.good', () => setExample('good'));
  useCommand('example.bad', () => setExample('bad'));

  return (
    <>
      <section className={styles['choices']} aria-label="Decision">
        {(['merge', 'not merge', 'unsure'] as const).map((choice) => (
          <Choice key={choice} choice={choice} chosen={group.decision === choice} onChoose={() => props.onDecide(choice)} />
        ))}
        <div className={styles['pair']}>
          <Button disabled={!props.canUndo} rightSection={<KeyHint>{undoKey}</KeyHint>} onClick={() => giveCommand('review.undo')}>
            Undo
          </Button>
          <Button disabled={!props.canRedo} rightSection={<KeyHint>{redoKey}</KeyHint>} onClick={() => giveCommand('review.redo')}>
            Redo
          </Button>
        </div>
      </section>
      <section aria-label="Remarks and examples" className={styles['choices']}>
        <Note key={group.groupId} group={group} sessionId={props.sessionId} />
        {example === undefined ? (
          <div className={styles['pair']}>
            <span className={styles['pairTitle']}>Example</span>
            <Button aria-pressed={group.example === 'good'} rightSection={<KeyHint>{goodKey}</KeyHint>} onClick={() => setExample('good')}>
              {group.example === 'good' ? 'Good ✓' : 'Good'}
              <VisuallyHidden> example</VisuallyHidden>
            </Button>
            <Button aria-pressed={group.example === 'bad'} rightSection={<KeyHint>{badKey}</KeyHint>} onClick={() => setExample('bad')}>
              {group.example === 'bad' ? 'Bad ✓' : 'Bad'}
              <VisuallyHidden> example</VisuallyHidden>
            </Button>
          </div>
        ) : (
          <ExampleForm key={`${groupId} ${example}`} groupId={groupId} label={example} drafts={drafts.current} done={close} />
        )}
        <Button rightSection={<KeyHint>{judgeKey}</KeyHint>} onClick={() => giveCommand('judge.group')}>
          Ask {props.judgeTitle}
        </Button>
      </section>
    </>
  );
}
