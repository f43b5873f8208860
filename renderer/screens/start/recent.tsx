import { ActionIcon, Button, VisuallyHidden } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import type { Answer } from '../../../app/contract/calls.ts';
import { spokenTime } from '../../parts/spoken.ts';
import { useOpening } from '../../state/opening.tsx';
import { askKey, useAct, useAsk } from '../../state/queries.ts';
import styles from './start.module.css';

type RecentRow = Answer<'analyzer.recent'>['recent'][number];

/** Analyzers opened before, newest first; those whose folder is gone stay, greyed. */
export function Recent(props: { recent: readonly RecentRow[] }) {
  const opening = useOpening();
  const queries = useQueryClient();
  const forget = useAct('analyzer.forget');
  const host = useAsk('app.state', {}).data?.host;

  const open = (row: RecentRow) => {
    if (row.sessionId !== null) opening.openSession(row.sessionId);
    else opening.choose();
  };
  const remove = async (row: RecentRow) => {
    await forget.act({ analyzerId: row.analyzerId });
    await queries.invalidateQueries({ queryKey: askKey('analyzer.recent') });
  };

  return (
    <ul className={styles['recent']}>
      {props.recent.map((row) => (
        <li key={row.analyzerId} className={styles['recentRow']} data-reachable={row.reachable}>
          <button type="button" className={styles['recentOpen']} disabled={opening.busy || !row.reachable} onClick={() => open(row)}>
            <span className={styles['recentName']}>
              {row.reachable && <VisuallyHidden>Open </VisuallyHidden>}
              {row.name}
            </span>
            <span className={styles['recentFolder']} title={row.folder}>
              <bdi>{row.folder}</bdi>
            </span>
          </button>
          {row.reachable ? (
            <span className={styles['note']}>{spokenTime(row.openedAt)}</span>
          ) : (
            <span className={styles['note']}>
              not there any more
              {host !== 'web' && (
                <Button variant="subtle" onClick={() => opening.choose()} aria-label={`Locate ${row.name}`}>
                  Locate…
                </Button>
              )}
            </span>
          )}
          <ActionIcon aria-label={`Take ${row.name} off the list`} title="Take off the list" onClick={() => void remove(row)}>
            <IconX size={14} aria-hidden />
          </ActionIcon>
        </li>
      ))}
    </ul>
  );
}
