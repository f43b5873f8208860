import type { AnalyzerInfo } from '../../../app/contract/calls.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { spokenCount, spokenNumber } from '../../parts/spoken.ts';

type UnitRow = AnalyzerInfo['units'][number];

const columns: readonly Column<UnitRow>[] = [
  { id: 'unit_id', title: 'Unit', width: 'minmax(90px, 1fr)', value: (row) => row.id, cell: (row) => <code>{String(row.id)}</code> },
  {
    id: 'spikes',
    title: 'Spikes',
    width: '100px',
    numeric: true,
    value: (row) => row.spikeCount,
    cell: (row) => spokenCount(row.spikeCount),
  },
  {
    id: 'rate',
    title: 'Rate (Hz)',
    width: '90px',
    numeric: true,
    value: (row) => row.firingRateHz,
    cell: (row) => spokenNumber(row.firingRateHz, 2),
  },
  {
    id: 'channel',
    title: 'Main channel',
    width: '110px',
    numeric: true,
    value: (row) => row.mainChannel,
    cell: (row) => <code>{String(row.mainChannel ?? '–')}</code>,
  },
];

export function Units(props: { units: readonly UnitRow[] }) {
  return <DataTable label="Units" rows={props.units} columns={columns} rowId={(row) => `${typeof row.id} ${row.id}`} />;
}
