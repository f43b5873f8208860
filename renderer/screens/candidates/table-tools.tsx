import { Button, MultiSelect, NativeSelect, TextInput } from '@mantine/core';
import { IconChartDots, IconColumns3 } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ParsedFilter } from '../../../app/contract/filter-expression.ts';
import { groupFields } from '../../../app/contract/group-view.ts';
import { spokenCount } from '../../parts/spoken.ts';
import { say } from '../../state/live.ts';
import { rememberAnswer, useAct, useAsk } from '../../state/queries.ts';
import styles from './candidates.module.css';
import { type NumberMeaning, usePairTable } from './pair-table.ts';

/** Which columns and rows the table of pairs shows; both can be kept under a name. */
export function TableTools(props: { numbers: readonly NumberMeaning[]; parsed: ParsedFilter; shownCount: number; totalCount: number }) {
  const { parsed } = props;
  const { columns, filter, scatterOpen, set } = usePairTable();
  const queries = useQueryClient();
  const views = useAsk('candidates.views', {});
  const save = useAct('candidates.saveView');
  const remove = useAct('candidates.removeView');
  const [columnsOpen, setColumnsOpen] = useState(false);
  const [name, setName] = useState('');
  const all = views.data?.views ?? [];
  const current = all.find((view) => view.filter === filter && view.columns.join() === columns.join());

  const keep = async () => {
    const answer = await save.act({ name, columns: [...columns], filter });
    if (!answer) return;
    rememberAnswer(queries, 'candidates.views', {}, answer);
    say(`The view is saved as ${name}.`);
    setName('');
  };
  const drop = async () => {
    const answer = current && (await remove.act({ name: current.name }));
    if (answer) rememberAnswer(queries, 'candidates.views', {}, answer);
  };
  return (
    <div className={styles['tools']}>
      <div className={styles['toolsRow']}>
        <TextInput
          className={`${styles['filter']} ${styles['expression']}`}
          aria-label="Filter"
          placeholder="Filter: template_distance_l1 < 0.2 and ccg_refractory_ratio < 0.5"
          title={`Names: ${[...groupFields, ...props.numbers.map(({ id }) => id)].join(', ')}`}
          value={filter}
          maxLength={1000}
          error={parsed.ok ? undefined : parsed.problem}
          onChange={(event) => set({ filter: event.currentTarget.value })}
        />
        {filter.trim() !== '' && parsed.ok && (
          <span className={styles['shownCount']}>
            {spokenCount(props.shownCount)} of {spokenCount(props.totalCount)}
          </span>
        )}
        <NativeSelect
          aria-label="View"
          value={current?.name ?? ''}
          onChange={(event) => {
            const view = all.find((one) => one.name === event.currentTarget.value);
            set(view ? { columns: view.columns, filter: view.filter } : { columns: [], filter: '' });
          }}
          data={[
            { value: '', label: columns.length === 0 && filter === '' ? 'Plain view' : 'Back to plain view' },
            ...all.map((view) => ({ value: view.name, label: view.name })),
          ]}
        />
        <Button
          leftSection={<IconColumns3 size={14} aria-hidden />}
          aria-expanded={columnsOpen}
          onClick={() => setColumnsOpen(!columnsOpen)}
        >
          Columns
        </Button>
        <Button
          leftSection={<IconChartDots size={14} aria-hidden />}
          aria-pressed={scatterOpen}
          variant={scatterOpen ? 'light' : 'default'}
          onClick={() => set({ scatterOpen: !scatterOpen })}
        >
          Scatter
        </Button>
      </div>
      {columnsOpen && (
        <div className={styles['toolsRow']}>
          <MultiSelect
            className={styles['filter'] ?? ''}
            aria-label="Evidence columns"
            placeholder={columns.length === 0 ? 'Evidence numbers as columns' : ''}
            data={props.numbers.map(({ id, title }) => ({ value: id, label: title }))}
            value={[...columns]}
            onChange={(next) => set({ columns: next })}
            searchable
            maxValues={12}
          />
          <TextInput
            aria-label="Name of this view"
            placeholder="Save view as…"
            value={name}
            maxLength={100}
            onChange={(event) => setName(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && name.trim() !== '') void keep();
            }}
          />
          <Button disabled={name.trim() === '' || save.busy || !parsed.ok} onClick={() => void keep()}>
            Save
          </Button>
          {current && (
            <Button variant="subtle" onClick={() => void drop()}>
              Delete
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
