import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { say } from '../../state/live.ts';
import { useAct } from '../../state/queries.ts';
import styles from './review.module.css';

/** A line why this group is a good or bad example of a merge; it is then shown to models. */
export function ExampleForm(props: {
  groupId: string;
  label: 'good' | 'bad';
  /** What is written but not kept, by group. */
  drafts: Map<string, string>;
  done: () => void;
}) {
  const add = useAct('library.add');
  const [why, setWhy] = useState(props.drafts.get(props.groupId) ?? '');
  const keep = async () => {
    const added = await add.act({ groupId: props.groupId, label: props.label, why: why.trim() });
    if (!added) return;
    say(`Kept as a ${props.label} merge example.`);
    props.done();
  };
  return (
    <form
      aria-label={`Keep as ${props.label} merge example`}
      onSubmit={(event) => {
        event.preventDefault();
        void keep();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') props.done();
      }}
    >
      <Textarea
        label={`Why is this a ${props.label} merge?`}
        placeholder={
          props.label === 'good' ? 'Same waveform, the refractory gap stays empty' : 'The cross-correlogram fills the refractory gap'
        }
        value={why}
        maxLength={2000}
        rows={3}
        resize="vertical"
        data-autofocus
        autoFocus
        onChange={(event) => {
          setWhy(event.currentTarget.value);
          props.drafts.set(props.groupId, event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void keep();
        }}
      />
      <div className={styles['pair']}>
        <Button type="submit" variant="filled" loading={add.busy}>
          Keep example
        </Button>
        <Button onClick={props.done}>Cancel</Button>
      </div>
    </form>
  );
}
