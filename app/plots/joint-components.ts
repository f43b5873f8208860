import type { ExtensionData } from '../analyzer/extensions/data.ts';
import type { ReadOptions } from '../analyzer/source.ts';
import type { AnalyzerView } from '../analyzer/view.ts';
import { Failure, throwIfCancelled } from '../failure.ts';
import { type Cloud, principalAxes, robustSpread } from './cloud.ts';
import type { PlotGroup } from './feature.ts';
import { niceRange, percentile, type Range, sortedFinite } from './reduce.ts';
import { listText, pictureText } from './wording.ts';

const mostChannels = 4;

/** Projections of the spikes of a group on channels where all its units are stored. */
export interface JointComponents {
  readonly mode: 'concatenated' | 'by_channel';
  /** Names of the channels, best first; "all channels" where projections are of all together. */
  readonly channels: readonly string[];
  readonly componentCount: number;
  /** Per unit: (rows, channels × components), channel by channel. */
  readonly clouds: readonly Cloud[];
}

/**
 * Reads at most `limit` projections of each unit, evenly spread. Throws `input.invalid` where the units share no channel, or
 * where fewer than two numbers per spike are stored.
 */
export async function jointComponents(
  view: AnalyzerView,
  group: PlotGroup,
  limit: number,
  options: ReadOptions | undefined,
): Promise<JointComponents> {
  const components = await view.extension('principal_components', options);
  const concatenated = components.mode === 'concatenated';
  const channels = concatenated ? [-1] : await commonChannels(view, group, components, options);
  const clouds: Cloud[] = [];
  for (const unit of group.units) {
    throwIfCancelled(options?.signal);
    clouds.push(await projections(components, unit, channels, { ...options, limit }));
  }
  if (clouds[0].dimensions < 2) {
    throw new Failure(
      'input.invalid',
      'The principal components hold one number per spike for the channels these units share; a picture needs two. Compute them again with n_components of 2 or more.',
      { extension: 'principal_components' },
    );
  }
  return {
    mode: concatenated ? 'concatenated' : 'by_channel',
    channels: channels.map((channel) => (concatenated ? 'all channels' : pictureText(view.channelIds[channel]))),
    componentCount: components.componentCount,
    clouds,
  };
}

/** Why the components of these units can't be compared, or `undefined`. Reads no projection. */
export async function whyNotJoint(view: AnalyzerView, group: PlotGroup, options?: ReadOptions): Promise<string | undefined> {
  const components = await view.extension('principal_components', options);
  if (components.mode === 'concatenated' || sharedChannels(components, group).length > 0) return undefined;
  return noSharedChannel(group);
}

function sharedChannels(components: ExtensionData['principal_components'], group: PlotGroup): number[] {
  const sets = group.units.map((unit) => new Set(components.channelsOf(unit)));
  return [...sets[0]].filter((channel) => sets.every((set) => set.has(channel)));
}

function noSharedChannel({ labels }: PlotGroup): string {
  return `${listText(labels)} share no channel, so their principal components can't be compared. Compute the analyzer with a wider sparsity to compare them.`;
}

/** The two directions of largest variance over all units together, and every unit in them. */
export function onJointAxes(clouds: readonly Cloud[]): Cloud[] | undefined {
  const axes = principalAxes(clouds);
  return axes && clouds.map((cloud) => project(cloud, axes));
}

/**
 * Channels on which every unit of the group is stored, best first: where the units' templates are largest together. A unit's
 * projections on other channels are padding, not zeros.
 */
async function commonChannels(
  view: AnalyzerView,
  group: PlotGroup,
  components: ExtensionData['principal_components'],
  options: ReadOptions | undefined,
): Promise<number[]> {
  const common = sharedChannels(components, group);
  if (common.length === 0)
    throw new Failure('input.invalid', noSharedChannel(group), { extension: 'principal_components', labels: [...group.labels] });
  const mainChannels = await view.mainChannels(options);
  const reach = new Map<number, number>(common.map((channel) => [channel, 0]));
  if (view.has('templates')) {
    const { average, sampleCount } = await view.extension('templates', options);
    const channelCount = view.channelIds.length;
    for (const channel of common) {
      for (const unit of group.units) {
        let min = 0;
        let max = 0;
        for (let t = 0; t < sampleCount; t++) {
          const value = average[(unit * sampleCount + t) * channelCount + channel];
          min = Math.min(min, value);
          max = Math.max(max, value);
        }
        reach.set(channel, (reach.get(channel) as number) + (max - min));
      }
    }
  } else {
    for (const unit of group.units)
      if (reach.has(mainChannels[unit])) reach.set(mainChannels[unit], (reach.get(mainChannels[unit]) as number) + 1);
  }
  const size = (channel: number) => reach.get(channel) as number;
  const ordered = common.sort((a, b) => size(b) - size(a) || a - b);
  return ordered.filter((channel) => size(channel) >= 0.3 * size(ordered[0])).slice(0, mostChannels);
}

/** Components of the given channels side by side: (rows, channels × components), channel by channel. */
async function projections(
  components: ExtensionData['principal_components'],
  unit: number,
  channels: readonly number[],
  options: ReadOptions & { limit: number },
): Promise<Cloud> {
  const { values, rowCount } = await components.ofUnit(unit, options);
  const { componentCount } = components;
  const own = components.mode === 'concatenated' ? [-1] : [...components.channelsOf(unit)];
  const dimensions = channels.length * componentCount;
  const out = new Float64Array(rowCount * dimensions);
  const places = channels.map((channel) => own.indexOf(channel));
  for (let row = 0; row < rowCount; row++) {
    for (let c = 0; c < places.length; c++) {
      for (let k = 0; k < componentCount; k++) {
        out[row * dimensions + c * componentCount + k] = values[(row * componentCount + k) * own.length + places[c]];
      }
    }
  }
  return { values: out, rowCount, dimensions };
}

/** Two of the dimensions. */
export function pick(cloud: Cloud, first: number, second: number): Cloud {
  const values = new Float64Array(cloud.rowCount * 2);
  for (let row = 0; row < cloud.rowCount; row++) {
    values[row * 2] = cloud.values[row * cloud.dimensions + first];
    values[row * 2 + 1] = cloud.values[row * cloud.dimensions + second];
  }
  return { values, rowCount: cloud.rowCount, dimensions: 2 };
}

function project(cloud: Cloud, { axes, mean }: { axes: Float64Array; mean: Float64Array }): Cloud {
  const values = new Float64Array(cloud.rowCount * 2);
  for (let row = 0; row < cloud.rowCount; row++) {
    for (let d = 0; d < cloud.dimensions; d++) {
      const centred = cloud.values[row * cloud.dimensions + d] - mean[d];
      values[row * 2] += centred * axes[d];
      values[row * 2 + 1] += centred * axes[cloud.dimensions + d];
    }
  }
  return { values, rowCount: cloud.rowCount, dimensions: 2 };
}

/** Room for 3.5 robust standard deviations of every unit, but not beyond the points themselves. */
export function cloudRange(clouds: readonly Cloud[], axis: 0 | 1): Range {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const cloud of clouds) {
    const sorted = sortedFinite(Float64Array.from({ length: cloud.rowCount }, (_, row) => cloud.values[row * 2 + axis]));
    const spread = robustSpread(cloud);
    const middle = spread?.mean[axis] ?? percentile(sorted, 0.5) ?? 0;
    const reach = spread ? 3.5 * Math.sqrt(spread.covariance[axis * 3]) : Number.POSITIVE_INFINITY;
    min = Math.min(min, Math.max(middle - reach, percentile(sorted, 0) ?? min));
    max = Math.max(max, Math.min(middle + reach, percentile(sorted, 1) ?? max));
  }
  if (!(max >= min)) return niceRange({ min: -1, max: 1 }, 6);
  const room = max > min ? (max - min) * 0.06 : 1;
  return niceRange({ min: min - room, max: max + room }, 6);
}
