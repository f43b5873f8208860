import { NativeSelect, NumberInput, SegmentedControl } from '@mantine/core';
import styles from './results.module.css';

/** How merging is done; the defaults are what is written without looking here. */
export interface MergeOptions {
  readonly format: 'binary_folder' | 'zarr';
  readonly newIdStrategy: 'append' | 'take_first' | 'join';
  readonly sparsityOverlap: number;
  readonly censorMs: number;
}

export const mergeDefaults: MergeOptions = { format: 'binary_folder', newIdStrategy: 'append', sparsityOverlap: 0, censorMs: 0 };

const strategies = [
  { value: 'append', label: 'append: a number past the largest' },
  { value: 'take_first', label: 'take_first: the first unit’s id' },
  { value: 'join', label: 'join: 12-20 (text ids only)' },
];

/** Format, ids, overlap and censoring by SpikeInterface's names, folded away with what differs from the defaults on the fold. */
export function MergeOptionFields(props: { options: MergeOptions; onChange: (options: MergeOptions) => void }) {
  const { options, onChange } = props;
  return (
    <details className={styles['options']}>
      <summary>
        Options <span className={styles['muted']}>{changed(options)}</span>
      </summary>
      <div className={styles['optionFields']}>
        <div>
          <SegmentedControl
            aria-label="Format"
            size="xs"
            fullWidth
            value={options.format}
            onChange={(format) => onChange({ ...options, format: format as MergeOptions['format'] })}
            data={[
              { value: 'binary_folder', label: 'binary_folder' },
              { value: 'zarr', label: 'zarr' },
            ]}
          />
          <p className={styles['muted']}>
            {options.format === 'zarr' ? 'Compressed; the folder’s name ends in .zarr.' : 'Plain .npy files, quick to open (default).'}
          </p>
        </div>
        <NativeSelect
          label="new_id_strategy"
          description="Ids of merged units. Default append."
          value={options.newIdStrategy}
          onChange={(event) => onChange({ ...options, newIdStrategy: event.currentTarget.value as MergeOptions['newIdStrategy'] })}
          data={strategies}
        />
        <NumberInput
          label="sparsity_overlap"
          description="Least share of channels in common, or the group is refused. Default 0: your word counts; SpikeInterface’s own is 0.75."
          min={0}
          max={1}
          step={0.05}
          decimalScale={2}
          clampBehavior="strict"
          value={options.sparsityOverlap}
          onChange={(value) => onChange({ ...options, sparsityOverlap: Number(value) || 0 })}
        />
        <NumberInput
          label="censor_ms"
          description="Drops spikes of a merged unit that follow another within this time: doubles that both units found. Default 0: none."
          min={0}
          max={1000}
          step={0.1}
          decimalScale={3}
          clampBehavior="strict"
          suffix=" ms"
          value={options.censorMs}
          onChange={(value) => onChange({ ...options, censorMs: Number(value) || 0 })}
        />
      </div>
    </details>
  );
}

function changed(options: MergeOptions): string {
  const names = ['format', 'newIdStrategy', 'sparsityOverlap', 'censorMs'] as const;
  const shown = { format: 'format', newIdStrategy: 'new_id_strategy', sparsityOverlap: 'sparsity_overlap', censorMs: 'censor_ms' };
  const different = names.filter((name) => options[name] !== mergeDefaults[name]);
  return different.length === 0
    ? 'SpikeInterface’s soft merge, defaults'
    : different.map((name) => `${shown[name]} ${options[name]}`).join(', ');
}
