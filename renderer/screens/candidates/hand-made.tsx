import { Button, MultiSelect } from '@mantine/core';
import { useMemo, useState } from 'react';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { say } from '../../state/live.ts';
import { useAct } from '../../state/queries.ts';
import { useSession } from '../../state/session.tsx';
import styles from './candidates.module.css';

const shownAtOnce = 100;

/** A group put together by hand, for units that no step proposes. */
export function HandMade() {
  const { session, info } = useSession();
  const add = useAct('candidates.addGroup', { failureShown: true });
  const [chosen, setChosen] = useState<string[]>([]);
  // An id keeps its type through the list: 12 and "12" are two units.
  const data = useMemo(() => info.units.map((unit) => ({ value: JSON.stringify(unit.id), label: String(unit.id) })), [info.units]);

  const keep = async () => {
    const units = chosen.map((value) => JSON.parse(value) as string | number);
    if (!(await add.act({ sessionId: session.sessionId, units }))) return;
    say('The group is added.');
    setChosen([]);
  };
  return (
    <form
      className={styles['hand']}
      aria-label="Group by hand"
      onSubmit={(event) => {
        event.preventDefault();
        void keep();
      }}
    >
      <h2>By hand</h2>
      <MultiSelect
        label="Units"
        placeholder={chosen.length === 0 ? 'Two or more unit ids' : ''}
        data={data}
        value={chosen}
        onChange={setChosen}
        searchable
        hidePickedOptions
        limit={shownAtOnce}
        maxValues={8}
        nothingFoundMessage="No unit of that id"
      />
      <Button type="submit" disabled={chosen.length < 2 || add.busy}>
        Add group
      </Button>
      {add.failure && <FailurePanel failure={add.failure} onDismiss={add.forget} />}
    </form>
  );
}
