import {
  type ColumnDef,
  createSortedRowModel,
  type RowData,
  rowSortingFeature,
  type SortingState,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useCallback, useMemo, useState } from 'react';
import { TableView, type Column as ViewColumn } from './table-view.tsx';

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });

/** One column. `value` is what it sorts by; nothing (`null`, `undefined`) goes last. */
export interface Column<Row> extends ViewColumn<Row> {
  readonly value?: (row: Row) => number | string | null | undefined;
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

/** A sortable table of rows that are all here; `TableView` tells how it is used. */
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
  const { columns, rowId, chosenIds } = props;
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
  const { rows } = table.getRowModel();
  const rowAt = useCallback((index: number) => rows[index]?.original, [rows]);
  const [sorted] = sorting;
  return (
    <TableView
      label={props.label}
      count={rows.length}
      rowAt={rowAt}
      columns={columns}
      rowId={rowId}
      rowLabel={props.rowLabel}
      isChosen={chosenIds && ((row) => chosenIds.has(rowId(row)))}
      onOpen={props.onOpen}
      onTick={props.onTick}
      sorting={sorted && { id: sorted.id, descending: sorted.desc }}
      sortable={(column) => (column as Column<Row>).value !== undefined}
      onSort={(id) => table.getColumn(id)?.toggleSorting()}
      className={props.className}
    />
  );
}
