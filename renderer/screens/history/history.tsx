import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconArchive, IconPencil } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { SessionInfo } from '../../../app/contract/calls.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { FailurePanel } from '../../parts/failure-panel.tsx';
import { spokenCount, spokenTime } from '../../parts/spoken.ts';
import { Waiting } from '../../parts/waiting.tsx';
import { say } from '../../state/live.ts';
import { useOpening } from '../../state/opening.tsx';
import { usePlace } from '../../state/place.ts';
import { askKey, useAct, useAsk } from '../../state/queries.ts';
import styles from './history.module.css';
import { Trail } from './trail.tsx';

function Rename(props: { session: SessionInfo; done: () => void }) {
  const queries = useQueryClient();
  const rename = useAct('session.rename');
  const [title, setTitle] = useState(props.session.title);
  const keep = async () => {
    const wanted = title.trim();
    if (wanted !== '' && wanted !== props.session.title) {
      await rename.act({ sessionId: props.session.sessionId, title: wanted });
      await queries.invalidateQueries({ queryKey: askKey('session.list') });
    }
    props.done();
  };
  return (
    <TextInput
      className={styles['rename'] ?? ''}
      aria-label={`New name of ${props.session.title}`}
      value={title}
      maxLength={200}
      autoFocus
      onChange={(event) => setTitle(event.currentTarget.value)}
      onBlur={() => void keep()}
      onClick={(event) => event.stopPropagation()}
      onKeyDown={(event) => {
        if (event.key === 'Enter') void keep();
        if (event.key === 'Escape') props.done();
        event.stopPropagation();
      }}
    />
  );
}

const rowPx = 28;

/** Every session, each continued where it was left. */
export function History() {
  const queries = useQueryClient();
  const sessions = useAsk('session.list', {});
  const archive = useAct('session.archive');
  const opening = useOpening();
  const [renaming, setRenaming] = useState<string | undefined>(undefined);
  const [shownId, setShownId] = useState<string | undefined>(undefined);
  const { openSession } = opening;
  const { act } = archive;

  const columns = useMemo<readonly Column<SessionInfo>[]>(() => {
    const putAway = async (session: SessionInfo) => {
      await act({ sessionId: session.sessionId });
      const place = usePlace.getState();
      if (place.sessionId === session.sessionId) usePlace.setState({ sessionId: undefined });
      say(`${session.title} is archived.`);
      await queries.invalidateQueries({ queryKey: askKey('session.list') });
      await queries.invalidateQueries({ queryKey: askKey('analyzer.recent') });
    };
    return [
      {
        id: 'title',
        title: 'Session',
        width: 'minmax(200px, 2fr)',
        value: (row) => row.title,
        cell: (row) =>
          renaming === row.sessionId ? (
            <Rename session={row} done={() => setRenaming(undefined)} />
          ) : (
            <span title={row.title}>{row.title}</span>
          ),
      },
      {
        id: 'analyzer',
        title: 'Analyzer',
        width: 'minmax(160px, 2fr)',
        value: (row) => row.analyzerFolder,
        cell: (row) => (
          <span className={row.reachable ? '' : styles['muted']} title={row.analyzerFolder}>
            {row.analyzerName}
            {row.reachable ? '' : ' (not there any more)'}
          </span>
        ),
      },
      {
        id: 'groups',
        title: 'Groups',
        width: '76px',
        numeric: true,
        value: (row) => row.groupCount,
        cell: (row) => spokenCount(row.groupCount),
      },
      {
        id: 'verdicts',
        title: 'Verdicts',
        width: '80px',
        numeric: true,
        value: (row) => row.verdictCount,
        cell: (row) => spokenCount(row.verdictCount),
      },
      {
        id: 'decided',
        title: 'Decided',
        width: '80px',
        numeric: true,
        value: (row) => row.decidedCount,
        cell: (row) => spokenCount(row.decidedCount),
      },
      {
        id: 'applied',
        title: 'Written',
        width: '76px',
        numeric: true,
        hint: 'How often a merged analyzer was written',
        value: (row) => row.appliedCount,
        cell: (row) => spokenCount(row.appliedCount),
      },
      { id: 'changed', title: 'Last change', width: '150px', value: (row) => row.updatedAt, cell: (row) => spokenTime(row.updatedAt) },
      {
        id: 'acts',
        title: 'Actions',
        titleHidden: true,
        width: '172px',
        cell: (row) => (
          <>
            <Button
              disabled={!row.reachable || opening.busy}
              aria-label={`Continue ${row.title}`}
              onClick={(event) => {
                event.stopPropagation();
                openSession(row.sessionId);
              }}
            >
              Continue
            </Button>
            <ActionIcon
              aria-label={`Rename ${row.title}`}
              title="Rename"
              onClick={(event) => {
                event.stopPropagation();
                setRenaming(row.sessionId);
              }}
            >
              <IconPencil size={15} aria-hidden />
            </ActionIcon>
            <ActionIcon
              aria-label={`Archive ${row.title}`}
              title="Archive: hide it here; nothing is deleted"
              onClick={(event) => {
                event.stopPropagation();
                void putAway(row);
              }}
            >
              <IconArchive size={15} aria-hidden />
            </ActionIcon>
          </>
        ),
      },
    ];
  }, [renaming, opening.busy, openSession, act, queries]);

  const rows = sessions.data?.sessions;
  const shown = rows?.find((session) => session.sessionId === shownId);
  const chosen = useMemo(() => new Set(shownId === undefined ? [] : [shownId]), [shownId]);

  return (
    <div className={styles['history']}>
      <h1>History</h1>
      {opening.busy && <Waiting what="Opening the session" progress={opening.progress} onCancel={opening.cancel} />}
      {sessions.error && <FailurePanel failure={sessions.error} onRetry={() => void sessions.refetch()} />}
      {rows?.length === 0 && (
        <Empty title="No session yet" actions={<Button onClick={() => usePlace.getState().goTo('start')}>Open an analyzer</Button>}>
          <p>Each analyzer you open starts a session: its candidates, verdicts and decisions stay here.</p>
        </Empty>
      )}
      {rows && rows.length > 0 && (
        <div className={styles['list']} style={{ height: (rows.length + 1) * rowPx + 2 }}>
          <DataTable
            label="Sessions"
            rows={rows}
            columns={columns}
            rowId={(row) => row.sessionId}
            rowLabel={(row) => row.title}
            chosenIds={chosen}
            initialSort={{ id: 'changed', descending: true }}
            onOpen={(row) => setShownId(row.sessionId)}
          />
        </div>
      )}
      {shown && <Trail session={shown} />}
    </div>
  );
}
