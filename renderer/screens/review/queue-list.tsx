import { NativeSelect, Progress, VisuallyHidden } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useId, useRef } from 'react';
import type { Answer, GroupRow } from '../../../app/contract/calls.ts';
import type { GroupView } from '../../../app/contract/group-view.ts';
import { counted, spokenCount, spokenUnits } from '../../parts/spoken.ts';
import { VerdictMark } from '../../parts/verdict-mark.tsx';
import { useClient } from '../../state/client-context.tsx';
import { useGroupPages } from '../../state/group-pages.ts';
import { type QueueFilter, type QueueOrder, queueFilters, queueOrders } from './queue.ts';
import styles from './review.module.css';

const pageRows = 15;

export interface Queue {
  readonly filter: QueueFilter;
  readonly order: QueueOrder;
  readonly view: GroupView;
  readonly onFilter: (filter: QueueFilter) => void;
  readonly onOrder: (order: QueueOrder) => void;
}

const QueueRow = memo(function QueueRow(props: {
  group: GroupRow;
  id: string;
  index: number;
  total: number;
  topPx: number;
  current: boolean;
  onShow: (groupId: string) => void;
}) {
  const { group } = props;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus
    <div
      id={props.id}
      role="option"
      aria-selected={props.current}
      aria-setsize={props.total}
      aria-posinset={props.index + 1}
      className={styles['queueRow']}
      style={{ top: props.topPx }}
      onClick={() => props.onShow(group.groupId)}
    >
      <VerdictMark verdict={group.decision ?? 'none'} iconOnly />
      <span className={styles['queueUnits']} title={spokenUnits(group.units)}>
        <VisuallyHidden>Units </VisuallyHidden>
        {spokenUnits(group.units)}
      </span>
      {group.verdict ? (
        <span className={styles['queueNumber']}>{group.verdict.confidence.toFixed(2)}</span>
      ) : (
        <span className={styles['queueNumber']} title="Template difference">
          {group.templateDiff === null ? '' : `Δ ${group.templateDiff.toFixed(2)}`}
        </span>
      )}
      {group.failure ? (
        <VerdictMark verdict="failed" iconOnly />
      ) : group.verdict ? (
        <VerdictMark verdict={group.verdict.verdict} iconOnly by="judge" />
      ) : (
        <span />
      )}
    </div>
  );
});

/** The groups to review: what is decided, what the judge says, and how far one is. */
export function QueueList(props: {
  sessionId: string;
  queue: Queue;
  counts: Answer<'group.around'>['counts'];
  currentId: string | undefined;
  /** Where the group on screen stands; `null` where the queue does not show it. */
  place: number | null;
  previousId: string | null;
  nextId: string | null;
  onShow: (groupId: string) => void;
}) {
  const { queue, counts, currentId, place } = props;
  const client = useClient();
  const pages = useGroupPages(props.sessionId, queue.view);
  const { total, show } = pages;
  const scroller = useRef<HTMLDivElement>(null);
  const listId = useId();
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => 28,
    overscan: 6,
  });
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  useEffect(() => show(first, last), [show, first, last]);
  const { scrollToIndex } = virtual;
  useEffect(() => {
    if (place === null || place >= total) return undefined;
    // With the next frame, which lays the page out anyhow; scrolling at once would have it laid out twice.
    const frame = requestAnimationFrame(() => scrollToIndex(place));
    return () => cancelAnimationFrame(frame);
  }, [place, total, scrollToIndex]);
  const showAt = async (at: number) => {
    const answer = await client.ask('group.list', { sessionId: props.sessionId, view: queue.view, from: at, count: 1 });
    const [group] = answer.groups;
    if (group) props.onShow(group.groupId);
  };

  return (
    <section className={styles['queue']} aria-label="Queue">
      <div className={styles['queueHead']}>
        <div className={styles['queueCount']}>
          <h2>
            {spokenCount(counts.decided)} of {spokenCount(counts.all)} decided
          </h2>
          {total !== counts.all && <span>{spokenCount(total)} shown</span>}
        </div>
        <Progress
          size={4}
          value={counts.all === 0 ? 0 : (100 * counts.decided) / counts.all}
          aria-label={`${counts.decided} of ${counted(counts.all, 'group')} decided`}
        />
        <div className={styles['queueTools']}>
          <NativeSelect
            aria-label="Filter"
            value={queue.filter}
            onChange={(event) => queue.onFilter(event.currentTarget.value as QueueFilter)}
            data={queueFilters.map(({ id, title }) => ({ value: id, label: title }))}
          />
          <NativeSelect
            aria-label="Order"
            value={queue.order}
            onChange={(event) => queue.onOrder(event.currentTarget.value as QueueOrder)}
            data={queueOrders.map(({ id, title }) => ({ value: id, label: title }))}
          />
        </div>
      </div>
      <div
        ref={scroller}
        role="listbox"
        aria-label="Groups"
        tabIndex={0}
        aria-activedescendant={place === null ? undefined : `${listId}-${currentId}`}
        className={styles['queueList']}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown' && props.nextId !== null) props.onShow(props.nextId);
          else if (event.key === 'ArrowUp' && props.previousId !== null) props.onShow(props.previousId);
          else if (event.key === 'Home') void showAt(0);
          else if (event.key === 'End') void showAt(Math.max(0, total - 1));
          else if (event.key === 'PageDown') void showAt(Math.max(0, Math.min(total - 1, (place ?? 0) + pageRows)));
          else if (event.key === 'PageUp') void showAt(Math.max(0, (place ?? 0) - pageRows));
          else if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
          event.preventDefault();
        }}
      >
        <div className={styles['queueRows']} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const group = pages.rowAt(item.index);
            if (!group) return null;
            return (
              <QueueRow
                key={group.groupId}
                group={group}
                id={`${listId}-${group.groupId}`}
                index={item.index}
                total={total}
                topPx={item.start}
                current={group.groupId === currentId}
                onShow={props.onShow}
              />
            );
          })}
        </div>
        {pages.counts !== undefined && total === 0 && <p className={styles['queueNone']}>No group passes this filter.</p>}
      </div>
    </section>
  );
}
