import { VisuallyHidden } from '@mantine/core';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import styles from './parts.module.css';

const rowHeightPx = 28;
const pageRows = 15;

/** One column. */
export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** The title is for screen readers only. */
  readonly titleHidden?: boolean;
  readonly hint?: string;
  /** A CSS grid track: "80px", "minmax(160px, 1fr)". */
  readonly width: string;
  readonly numeric?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

export interface Sorting {
  readonly id: string;
  readonly descending: boolean;
}

interface LineProps<Row> {
  readonly row: Row;
  readonly index: number;
  readonly topPx: number;
  readonly columns: readonly Column<Row>[];
  readonly tracks: string;
  readonly label: string | undefined;
  readonly chosen: boolean;
  readonly clickable: boolean;
  readonly focusable: boolean;
  readonly onOpen: (index: number) => void;
  readonly onKeyDown: (event: KeyboardEvent, index: number) => void;
}

function LineOnce<Row>(props: LineProps<Row>) {
  const { row, index, columns } = props;
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows are placed by the virtualiser, which a <table> does not allow
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-label={props.label}
      data-index={index}
      data-chosen={props.chosen}
      data-clickable={props.clickable}
      tabIndex={props.focusable ? 0 : -1}
      className={styles['tableRow']}
      style={{ gridTemplateColumns: props.tracks, top: props.topPx }}
      onClick={() => props.onOpen(index)}
      onKeyDown={(event) => props.onKeyDown(event, index)}
    >
      {columns.map((column) => (
        // biome-ignore lint/a11y/useSemanticElements: as above
        <div key={column.id} role="cell" className={`${styles['tableCell']} ${column.numeric ? styles['alignRight'] : ''}`}>
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
}

/** A row that stays as it is while others are scrolled by. */
const Line = memo(LineOnce) as typeof LineOnce;

/**
 * A table of any length, whose rows come from wherever they are: only those on screen are drawn, and one that is not there yet
 * keeps its place. Arrow keys move, Enter opens, Space ticks where rows can be ticked.
 */
export function TableView<Row>(props: {
  label: string;
  count: number;
  rowAt: (index: number) => Row | undefined;
  columns: readonly Column<Row>[];
  rowId: (row: Row) => string;
  rowLabel?: ((row: Row) => string) | undefined;
  isChosen?: ((row: Row) => boolean) | undefined;
  onOpen?: ((row: Row) => void) | undefined;
  onTick?: ((row: Row) => void) | undefined;
  sorting: Sorting | undefined;
  sortable: (column: Column<Row>) => boolean;
  onSort: (columnId: string) => void;
  /** Which rows are on screen or near. */
  onRange?: ((first: number, last: number) => void) | undefined;
  className?: string | undefined;
}) {
  const { columns, count, rowAt, sorting, onRange } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    overscan: 6,
  });
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  useEffect(() => onRange?.(first, last), [onRange, first, last]);
  const [active, setActive] = useState(0);
  const tracks = columns.map((column) => column.width).join(' ');
  const clickable = props.onOpen !== undefined;

  const latest = useRef(props);
  useLayoutEffect(() => {
    latest.current = props;
  });
  const { scrollToIndex } = virtual;
  const onOpen = useCallback((index: number) => {
    setActive(index);
    const row = latest.current.rowAt(index);
    if (row !== undefined) latest.current.onOpen?.(row);
  }, []);
  const onKeyDown = useCallback(
    (event: KeyboardEvent, index: number) => {
      const { rowAt: at, onOpen: open, onTick: tick = open, count: rows } = latest.current;
      const row = at(index);
      if (row === undefined || event.target !== event.currentTarget) return;
      const steps: Record<string, number> = {
        ArrowDown: index + 1,
        ArrowUp: index - 1,
        Home: 0,
        End: rows - 1,
        PageDown: index + pageRows,
        PageUp: index - pageRows,
      };
      const to = steps[event.key];
      if (to !== undefined) {
        event.preventDefault();
        const next = Math.max(0, Math.min(rows - 1, to));
        setActive(next);
        scrollToIndex(next);
        focusWhenThere(scroller, next);
      } else if (event.key === 'Enter' && open) {
        event.preventDefault();
        open(row);
      } else if (event.key === ' ' && tick) {
        event.preventDefault();
        tick(row);
      }
    },
    [scrollToIndex],
  );

  return (
    // biome-ignore lint/a11y/useSemanticElements: as above
    <div
      ref={scroller}
      role="table"
      aria-label={props.label}
      aria-rowcount={count + 1}
      aria-colcount={columns.length}
      className={`${styles['table']} ${props.className ?? ''}`}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the buttons inside are focusable */}
      <div role="row" aria-rowindex={1} className={styles['tableHead']} style={{ gridTemplateColumns: tracks }}>
        {columns.map((column) => {
          const sorted = sorting?.id === column.id ? (sorting.descending ? 'descending' : 'ascending') : 'none';
          const Chevron = sorted === 'descending' ? IconChevronDown : IconChevronUp;
          const sortable = props.sortable(column);
          return (
            // biome-ignore lint/a11y/useSemanticElements: as above
            // biome-ignore lint/a11y/useFocusableInteractive: the button inside is focusable
            <div
              key={column.id}
              role="columnheader"
              aria-sort={sortable ? sorted : undefined}
              title={column.hint === undefined ? column.title : `${column.title}: ${column.hint}`}
              className={`${styles['tableHeadCell']} ${column.numeric ? styles['alignRight'] : ''}`}
            >
              {sortable ? (
                <button type="button" onClick={() => props.onSort(column.id)}>
                  <span>{column.title}</span>
                  {sorted !== 'none' && <Chevron size={12} aria-hidden />}
                </button>
              ) : column.titleHidden ? (
                <VisuallyHidden>{column.title}</VisuallyHidden>
              ) : (
                <span>{column.title}</span>
              )}
            </div>
          );
        })}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="rowgroup" className={styles['tableRows']} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rowAt(item.index);
          if (row === undefined)
            return <div key={item.index} className={styles['tableRow']} data-waiting="true" style={{ top: item.start }} />;
          return (
            <Line
              key={props.rowId(row)}
              row={row}
              index={item.index}
              topPx={item.start}
              columns={columns}
              tracks={tracks}
              label={props.rowLabel?.(row)}
              chosen={props.isChosen?.(row) ?? false}
              clickable={clickable}
              focusable={item.index === Math.min(active, count - 1)}
              onOpen={onOpen}
              onKeyDown={onKeyDown}
            />
          );
        })}
      </div>
    </div>
  );
}

const mostFrames = 60;

/** Gives the row the focus once it is drawn; a row far away comes a few frames later. */
function focusWhenThere(scroller: { readonly current: HTMLElement | null }, index: number, frame = 0): void {
  requestAnimationFrame(() => {
    const row = scroller.current?.querySelector<HTMLElement>(`[role="row"][data-index="${index}"]`);
    if (row) row.focus();
    else if (frame < mostFrames) focusWhenThere(scroller, index, frame + 1);
  });
}
