import type { ReadOptions } from '../source.ts';

export type FloatArray = Float32Array | Float64Array;

/** Rows of waveforms or projections, packed per unit: only that unit's active channels, in ascending order. */
export interface PackedRows {
  /** (rows, perRow) row-major. */
  readonly values: Float32Array;
  readonly rowCount: number;
}

/** Rows `first` to `first + rowCount` as they are stored: (rows, inner, stride), a unit's own channels first, then padding. */
export interface StoredRows {
  readonly first: number;
  readonly rowCount: number;
  readonly stride: number;
  readonly values: Float32Array;
}

/** Some rows of one unit among those of others: row `positions[i]` of (rows, inner, stride), own channels first. */
export interface UnitRows {
  readonly unit: number;
  /** How many rows of the unit came before these, and how many it has. */
  readonly before: number;
  readonly total: number;
  readonly positions: Int32Array;
  readonly stride: number;
  readonly values: Float32Array;
}

/**
 * What each known extension gives. Shapes: n units, C channels, S spikes, R selected spikes, T samples, B bins.
 * Arrays are row-major.
 */
export interface ExtensionData {
  /** Rows of the spike columns that were selected, ascending (R). */
  random_spikes: { readonly rows: Int32Array };
  waveforms: {
    readonly sampleCount: number;
    /** Samples before the spike sample. */
    readonly beforeCount: number;
    readonly msBefore: number;
    readonly msAfter: number;
    /** Active channels of a unit, ascending; all channels where dense. */
    channelsOf(unit: number): Int32Array;
    /** Waveforms of one unit: (rows, T, channelsOf(unit)), rows as in `selectedRowsOf`. At most `limit` rows, evenly spread. */
    ofUnit(unit: number, options?: ReadOptions & { limit?: number }): Promise<PackedRows>;
    /** Spike rows (positions in the spike columns) behind `ofUnit`, in the same order, before any `limit`. */
    selectedRowsOf(unit: number): Promise<Int32Array>;
    /** All rows in stored order, some MB at a time, each piece good until the next: for what looks at every waveform once. */
    inOrder(options?: ReadOptions): AsyncIterable<StoredRows>;
    /** All rows unit by unit, rising, a large unit in several pieces, each good until the next: some MB at a time for many units at once. */
    byUnit(options?: ReadOptions): AsyncIterable<UnitRows>;
  };
  /** Always dense (n, T, C), zero outside the mask. */
  templates: {
    readonly average: FloatArray;
    readonly std: FloatArray | undefined;
    readonly sampleCount: number;
    readonly beforeCount: number;
    readonly msBefore: number;
    readonly msAfter: number;
    /** What is stored: `average`, `std`, `median`, `percentile_…`. */
    readonly operators: readonly string[];
    /** Templates of another operator, shaped like `average`; `undefined` where it isn't stored. */
    ofOperator(operator: string, options?: ReadOptions): Promise<FloatArray | undefined>;
  };
  noise_levels: { readonly noiseLevels: FloatArray };
  /** ccgs (n, n, B) counts; edges (B + 1) in ms. */
  correlograms: { readonly ccgs: Float64Array; readonly edgesMs: Float64Array; readonly binCount: number };
  /** acgs (n, B) counts; edges (B + 1) in ms. */
  auto_correlograms: { readonly acgs: Float64Array; readonly edgesMs: Float64Array; readonly binCount: number };
  /** acgs (n, quantiles, lags); firing rate per quantile (n, quantiles). */
  acgs_3d: {
    readonly acgs: Float64Array;
    readonly firingQuantilesHz: Float64Array;
    readonly lagsMs: Float64Array;
    readonly quantileCount: number;
    readonly lagCount: number;
  };
  isi_histograms: { readonly histograms: Float64Array; readonly edgesMs: Float64Array; readonly binCount: number };
  /** (n, dimensionCount): x, y[, z] in µm. */
  unit_locations: { readonly locationsUm: Float64Array; readonly dimensionCount: number };
  /** x, y per spike in µm (S each). */
  spike_locations: { readonly xUm: FloatArray; readonly yUm: FloatArray };
  /** µV per spike (S), or the recording's own counts where `returnInUv` is false. */
  spike_amplitudes: { readonly amplitudes: FloatArray };
  /** Per spike (S); `collisionMask` is 1 where the spike overlapped another. */
  amplitude_scalings: { readonly scalings: FloatArray; readonly collisionMask: Uint8Array | undefined };
  /** Projections of one unit: (rows, components, channels). `concatenated` has no channel axis (channels = 1). */
  principal_components: {
    readonly componentCount: number;
    readonly mode: string;
    channelsOf(unit: number): Int32Array;
    ofUnit(unit: number, options?: ReadOptions & { limit?: number }): Promise<PackedRows>;
    selectedRowsOf(unit: number): Promise<Int32Array>;
  };
  /** (n, n). */
  template_similarity: { readonly similarity: Float32Array; readonly method: string };
  quality_metrics: MetricTable;
  template_metrics: MetricTable;
  spiketrain_metrics: MetricTable;
  valid_unit_periods: { readonly valid: UnitPeriods; readonly all: UnitPeriods | undefined };
}

/** Stretches of samples within a segment, one per row; `unitIndex` is a position in `unitIds`. */
export interface UnitPeriods {
  readonly count: number;
  readonly segmentIndex: Int32Array;
  readonly startSample: Float64Array;
  readonly endSample: Float64Array;
  readonly unitIndex: Int32Array;
}

/** One row per unit; NaN where empty. Columns that are not numbers are left out. */
export interface MetricTable {
  readonly columns: readonly string[];
  readonly values: Readonly<Record<string, Float64Array>>;
}

export type ExtensionId = keyof ExtensionData;
