import { NativeSelect, Progress, VisuallyHidden } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useRef } from 'react';
import type { GroupRow } from '../../../app/contract/calls.ts';
import { counted, spokenUnits } from '../../parts/spoken.ts';
import { VerdictMark } from '../../parts/verdict-mark.tsx';
import { type QueueFilter, type QueueOrder, queueFilters, queueOrders } from './queue.ts';
import styles from './review.module.css';

/** The groups to review: what is decided, what the judge says, and how far one is. */
export function QueueList(props: {
  queue: readonly GroupRow[];
  total: number;
  decided: number;
  currentId: string | undefined;
  filter: QueueFilter;
  order: QueueOrder;
  onFilter: (filter: QueueFilter) => void;
  onOrder: (order: QueueOrder) => void;
  onShow: (groupId: string) => void;
}) {
  const { queue, currentId } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const listId = useId();
  const virtual = useVirtualizer({
    count: queue.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 28,
    overscan: 10,
  });
  const at = queue.findIndex((group) => group.groupId === currentId);
  const { scrollToIndex } = virtual;
  useEffect(() => {
    if (at >= 0) scrollToIndex(at);
  }, [at, scrollToIndex]);

  return (
    <section className={styles['queue']} aria-label="Queue">
      <div className={styles['queueHead']}>
        <div className={styles['queueCount']}>
          <h2>
            {props.decided} of {props.total} decided
          </h2>
          {queue.length !== props.total && <span>{queue.length} shown</span>}
        </div>
        <Progress
          size={4}
          value={props.total === 0 ? 0 : (100 * props.decided) / props.total}
          aria-label={`${props.decided} of ${counted(props.total, 'group')} decided`}
        />
        <div className={styles['queueTools']}>
          <NativeSelect
            aria-label="Filter"
            value={props.filter}
            onChange={(event) => props.onFilter(event.currentTarget.value as QueueFilter)}
            data={queueFilters.map(({ id, title }) => ({ value: id, label: title }))}
          />
          <NativeSelect
            aria-label="Order"
            value={props.order}
            onChange={(event) => props.onOrder(event.currentTarget.value as QueueOrder)}
            data={queueOrders.map(({ id, title }) => ({ value: id, label: title }))}
          />
        </div>
      </div>
      <div
        ref={scroller}
        role="listbox"
        aria-label="Groups"
        tabIndex={0}
        aria-activedescendant={at >= 0 ? `${listId}-${currentId}` : undefined}
        className={styles['queueList']}
        onKeyDown={(event) => {
          const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
          const to = event.key === 'Home' ? 0 : event.key === 'End' ? queue.length - 1 : at + step;
          const group = queue[to];
          if ((step === 0 && event.key !== 'Home' && event.key !== 'End') || !group) return;
          event.preventDefault();
          props.onShow(group.groupId);
        }}
      >
        <div className={styles['queueRows']} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const group = queue[item.index];
            if (!group) return null;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keys
              // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus
              <div
                key={group.groupId}
                id={`${listId}-${group.groupId}`}
                role="option"
                aria-selected={group.groupId === currentId}
                aria-setsize={queue.length}
                aria-posinset={item.index + 1}
                className={styles['queueRow']}
                style={{ top: item.start }}
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
          })}
        </div>
        {queue.length === 0 && <p className={styles['queueNone']}>No group passes this filter.</p>}
      </div>
    </section>
  );
}
