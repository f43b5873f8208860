import { VisuallyHidden } from '@mantine/core';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import {
  type ColumnDef,
  createSortedRowModel,
  type RowData,
  rowSortingFeature,
  type SortingState,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from 'react';
import styles from './parts.module.css';

const rowHeightPx = 28;
const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });

/** One column. `value` is what it sorts by; nothing (`null`, `undefined`) goes last. */
export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** The title is for screen readers only. */
  readonly titleHidden?: boolean;
  readonly hint?: string;
  /** A CSS grid track: "80px", "minmax(160px, 1fr)". */
  readonly width: string;
  readonly numeric?: boolean;
  readonly value?: (row: Row) => number | string | null | undefined;
  readonly cell: (row: Row) => ReactNode;
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

/**
 * A sortable table of any length: only the rows on screen are drawn. Arrow keys move, Enter opens,
 * Space ticks where rows can be ticked.
 */
export function DataTable<Row extends RowData>(props: {
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  rowId: (row: Row) => string;
  rowLabel?: (row: Row) => string;
  chosenIds?: ReadonlySet<string> | undefined;
  onOpen?: ((row: Row) => void) | undefined;
  onTick?: ((row: Row) => void) | undefined;
  initialSort?: { id: string; descending: boolean } | undefined;
  className?: string | undefined;
}) {
  const { columns, rowId } = props;
  const [sorting, setSorting] = useState<SortingState>(
    props.initialSort ? [{ id: props.initialSort.id, desc: props.initialSort.descending }] : [],
  );
  const definitions = useMemo(
    () =>
      columns.map(
        (column): ColumnDef<typeof features, Row> => ({
          id: column.id,
          accessorFn: (row: Row) => column.value?.(row) ?? undefined,
          enableSorting: column.value !== undefined,
          sortUndefined: 'last',
          sortFn: (a, b, id) => compare(a.getValue(id), b.getValue(id)),
        }),
      ),
    [columns],
  );
  const table = useTable({
    features,
    data: props.rows as Row[],
    columns: definitions,
    getRowId: rowId,
    state: { sorting },
    onSortingChange: setSorting,
  });
  const rows = table.getRowModel().rows;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    overscan: 12,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const [active, setActive] = useState(0);
  const tracks = columns.map((column) => column.width).join(' ');
  const clickable = props.onOpen !== undefined;

  const move = (to: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, to));
    setActive(next);
    virtual.scrollToIndex(next);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus());
  };
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    const row = rows[index];
    if (!row || event.target !== event.currentTarget) return;
    const steps: Record<string, number> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      Home: 0,
      End: rows.length - 1,
      PageDown: index + 15,
      PageUp: index - 15,
    };
    const to = steps[event.key];
    if (to !== undefined) {
      event.preventDefault();
      move(to);
    } else if (event.key === 'Enter' && props.onOpen) {
      event.preventDefault();
      props.onOpen(row.original);
    } else if (event.key === ' ' && (props.onTick ?? props.onOpen)) {
      event.preventDefault();
      (props.onTick ?? props.onOpen)?.(row.original);
    }
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: rows are placed by the virtualiser, which a <table> does not allow
    <div
      ref={scroller}
      role="table"
      aria-label={props.label}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      className={`${styles['table']} ${props.className ?? ''}`}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the buttons inside are focusable */}
      <div role="row" aria-rowindex={1} className={styles['tableHead']} style={{ gridTemplateColumns: tracks }}>
        {columns.map((column) => {
          const sorted = sorting[0]?.id === column.id ? (sorting[0].desc ? 'descending' : 'ascending') : 'none';
          const Chevron = sorted === 'descending' ? IconChevronDown : IconChevronUp;
          return (
            // biome-ignore lint/a11y/useSemanticElements: as above
            // biome-ignore lint/a11y/useFocusableInteractive: the button inside is focusable
            <div
              key={column.id}
              role="columnheader"
              aria-sort={column.value ? sorted : undefined}
              title={column.hint}
              className={`${styles['tableHeadCell']} ${column.numeric ? styles['alignRight'] : ''}`}
            >
              {column.value ? (
                <button type="button" onClick={() => table.getColumn(column.id)?.toggleSorting()}>
                  {column.title}
                  {sorted !== 'none' && <Chevron size={12} aria-hidden />}
                </button>
              ) : column.titleHidden ? (
                <VisuallyHidden>{column.title}</VisuallyHidden>
              ) : (
                column.title
              )}
            </div>
          );
        })}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="rowgroup" className={styles['tableRows']} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            // biome-ignore lint/a11y/useSemanticElements: as above
            <div
              key={row.id}
              role="row"
              aria-rowindex={item.index + 2}
              aria-label={props.rowLabel?.(row.original)}
              data-index={item.index}
              data-chosen={props.chosenIds?.has(row.id) ?? false}
              data-clickable={clickable}
              tabIndex={item.index === Math.min(active, rows.length - 1) ? 0 : -1}
              className={styles['tableRow']}
              style={{ gridTemplateColumns: tracks, top: item.start }}
              onClick={() => {
                setActive(item.index);
                props.onOpen?.(row.original);
              }}
              onKeyDown={(event) => onKeyDown(event, item.index)}
            >
              {columns.map((column) => (
                // biome-ignore lint/a11y/useSemanticElements: as above
                <div key={column.id} role="cell" className={`${styles['tableCell']} ${column.numeric ? styles['alignRight'] : ''}`}>
                  {column.cell(row.original)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
