import { Checkbox, MultiSelect, NativeSelect, NumberInput, SegmentedControl } from '@mantine/core';
import type { Answer, BatchRequest } from '../../../app/contract/calls.ts';
import { spokenUnits } from '../../parts/spoken.ts';
import { useAsk } from '../../state/queries.ts';
import styles from './batch.module.css';

/** How a model is asked, as the person set it. */
export interface Asking {
  readonly mode: 'one call' | 'panel';
  readonly votes: number;
  /** "id version", empty for the one that ships. */
  readonly prompt: string;
  readonly examples: 'usual' | 'none' | 'nearest' | 'chosen';
  /** Empty: all libraries. */
  readonly library: string;
  readonly exampleIds: readonly string[];
  readonly maxCostUsd: number | undefined;
  readonly maxCalls: number | undefined;
  readonly providerBatch: boolean;
}

export const usualAsking: Asking = {
  mode: 'one call',
  votes: 1,
  prompt: '',
  examples: 'usual',
  library: '',
  exampleIds: [],
  maxCostUsd: undefined,
  maxCalls: undefined,
  providerBatch: false,
};

/** The part of a run's request that says how a model is asked. */
export function askingRequest(asking: Asking, takesBatches: boolean): Partial<BatchRequest> {
  const [id, version] = asking.prompt.split(' ');
  const { examples, library, exampleIds, maxCostUsd, maxCalls } = asking;
  return {
    mode: asking.mode,
    votes: asking.votes,
    ...(id && version ? { prompt: { id, version } } : {}),
    ...(examples === 'none' ? { exampleIds: [] } : {}),
    ...(examples === 'chosen' ? { exampleIds: [...exampleIds] } : {}),
    ...(examples === 'nearest' ? { nearest: library === '' ? {} : { library } } : {}),
    ...(maxCostUsd === undefined ? {} : { maxCostUsd }),
    ...(maxCalls === undefined ? {} : { maxCalls }),
    ...(asking.providerBatch && takesBatches && asking.mode === 'one call' ? { providerBatch: true } : {}),
  };
}

type Change = (change: Partial<Asking>) => void;

function Examples(props: { asking: Asking; onChange: Change }) {
  const { asking, onChange } = props;
  const examples = useAsk('library.list', {});
  const rows = examples.data?.examples ?? [];
  const libraries = [...new Set(rows.map((row) => row.library))].sort();
  return (
    <>
      <NativeSelect
        label="Examples shown first"
        value={asking.examples}
        data={[
          { value: 'usual', label: 'My newest, good and bad' },
          { value: 'nearest', label: 'The nearest to each group' },
          { value: 'chosen', label: 'Chosen by hand' },
          { value: 'none', label: 'None' },
        ]}
        onChange={(event) => onChange({ examples: event.currentTarget.value as Asking['examples'] })}
      />
      {asking.examples === 'nearest' && (
        <NativeSelect
          label="Library"
          value={asking.library}
          data={[{ value: '', label: 'All libraries' }, ...libraries.map((library) => ({ value: library, label: library }))]}
          onChange={(event) => onChange({ library: event.currentTarget.value })}
        />
      )}
      {asking.examples === 'chosen' && (
        <MultiSelect
          label="Examples"
          value={[...asking.exampleIds]}
          maxValues={20}
          data={rows.map((row) => ({
            value: row.exampleId,
            label: `${row.label === 'good' ? 'Good' : 'Bad'}: ${spokenUnits(row.units)} of ${row.analyzerName}`,
          }))}
          placeholder={rows.length === 0 ? 'The library is empty' : ''}
          onChange={(exampleIds) => onChange({ exampleIds })}
        />
      )}
      {asking.examples !== 'none' && rows.length > 0 && (
        <p className={styles['muted']}>An example is never shown to a group that shares a unit with it.</p>
      )}
    </>
  );
}

/** One call or panel, votes, prompt, examples, limits, provider batch. */
export function AskingFields(props: { judge: Answer<'judge.list'>['judges'][number]; asking: Asking; onChange: Change }) {
  const { judge, asking, onChange } = props;
  const prompts = useAsk('prompt.list', {});
  const fitting = prompts.data?.prompts.filter((prompt) => prompt.mode === asking.mode) ?? [];
  return (
    <>
      <div>
        <span className={styles['label']}>Way of asking</span>
        <SegmentedControl
          aria-label="Way of asking"
          size="xs"
          fullWidth
          value={asking.mode}
          onChange={(mode) => onChange({ mode: mode as Asking['mode'], prompt: '' })}
          data={[
            { value: 'one call', label: 'One call' },
            { value: 'panel', label: 'Panel' },
          ]}
        />
        <p className={styles['muted']}>
          {asking.mode === 'panel'
            ? 'An expert for each picture and for the numbers, then a head. A report that is missing or empty fails the group.'
            : 'All pictures and numbers of a group in one question.'}
        </p>
      </div>
      <div className={styles['votes']}>
        <NumberInput
          label="Votes"
          value={asking.votes}
          min={1}
          max={9}
          allowDecimal={false}
          onChange={(votes) => typeof votes === 'number' && votes >= 1 && onChange({ votes: Math.min(9, Math.round(votes)) })}
        />
        <NativeSelect
          label="Prompt"
          value={asking.prompt}
          data={fitting.map((prompt) => ({
            value: prompt.basedOn === null ? '' : `${prompt.id} ${prompt.version}`,
            label: prompt.basedOn === null ? `${prompt.name} (ships with Samecell)` : `${prompt.name} (${prompt.version})`,
          }))}
          onChange={(event) => onChange({ prompt: event.currentTarget.value })}
        />
      </div>
      <Examples asking={asking} onChange={onChange} />
      <div className={styles['pair']}>
        <NumberInput
          label="Stop at (USD)"
          value={asking.maxCostUsd ?? ''}
          min={0}
          decimalScale={4}
          placeholder="No limit"
          onChange={(value) => onChange({ maxCostUsd: typeof value === 'number' ? value : undefined })}
        />
        <NumberInput
          label="Stop at (requests)"
          value={asking.maxCalls ?? ''}
          min={0}
          allowDecimal={false}
          placeholder="No limit"
          onChange={(value) => onChange({ maxCalls: typeof value === 'number' ? value : undefined })}
        />
      </div>
      {judge.takesBatches && (
        <Checkbox
          label="Send as a provider batch (half price)"
          description={
            asking.mode === 'panel'
              ? 'A panel asks in two turns, so it can not be sent as a batch.'
              : 'Answers come within a day. Samecell can be closed; collect them later.'
          }
          disabled={asking.mode === 'panel'}
          checked={asking.providerBatch && asking.mode === 'one call'}
          onChange={(event) => onChange({ providerBatch: event.currentTarget.checked })}
        />
      )}
    </>
  );
}
