import { activeChannels } from '../analyzer/compute/active-channels.ts';
import { spikeCountAt } from '../analyzer/spike-columns.ts';
import type { AnalyzerView, Sparsity, SpikeColumns, UnitId } from '../analyzer/view.ts';
import { Failure } from '../failure.ts';
import { positionOf, unitPositions } from './merge-graph.ts';
import { unitIdsAfterMerging } from './new-unit-ids.ts';

/** Units, channels and spikes before and after a merge; positions are in `unitIdsBefore` and `unitIds`. */
export interface MergedUnits {
  readonly unitIdsBefore: readonly UnitId[];
  readonly unitIds: readonly UnitId[];
  /** For each unit after: the positions before, in group order; one for an untouched unit. */
  readonly members: readonly (readonly number[])[];
  readonly isMerged: readonly boolean[];
  /** For each unit before: its position after. */
  readonly unitAfter: Int32Array;
  readonly channelCount: number;
  readonly sparsityBefore: Sparsity | undefined;
  /** Channels common to all members. `undefined` where the analyzer is dense. */
  readonly sparsity: Sparsity | undefined;
  readonly spikesBefore: SpikeColumns;
  readonly spikes: SpikeColumns;
  /** Spike rows before that stay, ascending; `undefined` where all stay. */
  readonly keptRows: Int32Array | undefined;
  readonly spikeCountsBefore: Float64Array;
}

export interface MergeRequest {
  readonly groups: readonly (readonly UnitId[])[];
  readonly newUnitIds: readonly UnitId[];
  /** Least share |∩| / |∪| of a group's channels. */
  readonly sparsityOverlap: number;
  /** Spikes of a merged unit closer than this to the one before are left out. */
  readonly censorMs: number | undefined;
}

type ViewFacts = Pick<AnalyzerView, 'unitIds' | 'channelIds' | 'sparsity' | 'samplingFrequencyHz'>;

/**
 * Works out the merged units as SpikeInterface's soft merge does: rows keep their order, channels are the intersection.
 * Throws `analyzer.unknownUnit`, and `merge.impossible` where units share too few channels, a group has fewer than two units
 * or a unit is named twice.
 */
export function mergedUnits(view: ViewFacts, spikes: SpikeColumns, request: MergeRequest): MergedUnits {
  const positions = unitPositions(view.unitIds);
  const groups = request.groups.map((group) => group.map((id) => positionOf(positions, id)));
  if (groups.length === 0) throw new Failure('merge.impossible', 'There is no group to merge. Accept at least one.');
  checkGroups(view.unitIds, groups);
  const unitIds = unitIdsAfterMerging(view.unitIds, request.groups, request.newUnitIds);
  const groupOfNewId = new Map(request.newUnitIds.map((id, index) => [id, groups[index]]));
  const members = unitIds.map((id) => groupOfNewId.get(id) ?? [positionOf(positions, id)]);
  const isMerged = unitIds.map((id) => groupOfNewId.has(id));
  for (const group of groups) {
    const refusal = overlapRefusal(view, group, request.sparsityOverlap);
    if (refusal !== undefined) throw refusal;
  }
  const unitAfter = new Int32Array(view.unitIds.length);
  members.forEach((before, after) => {
    for (const unit of before) unitAfter[unit] = after;
  });
  const keptRows =
    request.censorMs === undefined ? undefined : rowsAfterCensoring(spikes, unitAfter, isMerged, censoredSamples(view, request.censorMs));
  const spikeCountsBefore = new Float64Array(view.unitIds.length);
  for (let unit = 0; unit < spikeCountsBefore.length; unit += 1) spikeCountsBefore[unit] = spikeCountAt(spikes, unit);
  return {
    unitIdsBefore: view.unitIds,
    unitIds,
    members,
    isMerged,
    unitAfter,
    channelCount: view.channelIds.length,
    sparsityBefore: view.sparsity,
    sparsity: view.sparsity === undefined ? undefined : intersection(view.sparsity, members),
    spikesBefore: spikes,
    spikes: spikesAfter(spikes, unitAfter, unitIds.length, keptRows),
    keptRows: keptRows === undefined || keptRows.length === spikes.count ? undefined : keptRows,
    spikeCountsBefore,
  };
}

function checkGroups(unitIds: readonly UnitId[], groups: readonly (readonly number[])[]): void {
  const seen = new Set<number>();
  groups.forEach((group, index) => {
    if (group.length < 2) {
      throw new Failure('merge.impossible', `Group ${index + 1} has fewer than two units, so there is nothing to merge.`, {
        group: index + 1,
      });
    }
    for (const unit of group) {
      if (seen.has(unit)) {
        const id = unitIds[unit];
        throw new Failure('merge.impossible', `Unit ${JSON.stringify(id)} is in more than one group. Join those groups or drop one.`, {
          unit: id,
        });
      }
      seen.add(unit);
    }
  });
}

/**
 * Why a group can't be merged softly: too few channels in common, by SpikeInterface's rule |∩| / |∪| ≥ `sparsity_overlap`
 * over the whole group. `undefined` where it can.
 */
export function overlapRefusal(
  view: Pick<AnalyzerView, 'unitIds' | 'sparsity'>,
  group: readonly number[],
  least: number,
): Failure | undefined {
  if (view.sparsity === undefined) return undefined;
  const { mask, channelCount } = view.sparsity;
  let common = 0;
  let any = 0;
  for (let channel = 0; channel < channelCount; channel += 1) {
    const active = group.filter((unit) => mask[unit * channelCount + channel] !== 0).length;
    if (active === group.length) common += 1;
    if (active > 0) any += 1;
  }
  const units = group.map((unit) => view.unitIds[unit]);
  const shown = units.map((id) => JSON.stringify(id)).join(', ');
  if (common === 0) {
    return new Failure('merge.impossible', `Units ${shown} have no channel in common, so they can't be merged softly. Leave them apart.`, {
      units,
    });
  }
  if (common / any >= least) return undefined;
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  return new Failure(
    'merge.impossible',
    `Units ${shown} share ${percent(common / any)} of their channels; sparsity_overlap asks for ${percent(least)}. Lower it or leave them apart.`,
    { units, overlap: common / any, sparsityOverlap: least },
  );
}

function censoredSamples(view: ViewFacts, censorMs: number): number {
  if (!(censorMs >= 0 && Number.isFinite(censorMs))) {
    throw new Failure('input.invalid', `censor_ms is ${censorMs}; it has to be 0 or more milliseconds.`, { field: 'censor_ms' });
  }
  return Math.trunc((view.samplingFrequencyHz * censorMs) / 1000);
}

function rowsAfterCensoring(spikes: SpikeColumns, unitAfter: Int32Array, isMerged: readonly boolean[], samples: number): Int32Array {
  const kept = new Int32Array(spikes.count);
  const last = new Float64Array(isMerged.length).fill(Number.NEGATIVE_INFINITY);
  let segment = -1;
  let count = 0;
  for (let row = 0; row < spikes.count; row += 1) {
    if (spikes.segmentIndex[row] !== segment) {
      segment = spikes.segmentIndex[row];
      last.fill(Number.NEGATIVE_INFINITY);
    }
    const unit = unitAfter[spikes.unitIndex[row]];
    // One pass as in SpikeInterface: the gap counts from the spike before, also where that one was left out.
    const censored = isMerged[unit] && spikes.sampleIndex[row] - last[unit] < samples;
    last[unit] = spikes.sampleIndex[row];
    if (!censored) kept[count++] = row;
  }
  return kept.slice(0, count);
}

function intersection(before: Sparsity, members: readonly (readonly number[])[]): Sparsity {
  const { mask, channelCount } = before;
  const after = new Uint8Array(members.length * channelCount);
  members.forEach((units, unit) => {
    for (let channel = 0; channel < channelCount; channel += 1) {
      after[unit * channelCount + channel] = units.every((member) => mask[member * channelCount + channel] !== 0) ? 1 : 0;
    }
  });
  return { unitCount: members.length, channelCount, mask: after };
}

function spikesAfter(spikes: SpikeColumns, unitAfter: Int32Array, unitCount: number, keptRows: Int32Array | undefined): SpikeColumns {
  const count = keptRows?.length ?? spikes.count;
  const sampleIndex = new Float64Array(count);
  const unitIndex = new Int32Array(count);
  const segmentIndex = new Int32Array(count);
  const offsets = new Int32Array(unitCount + 1);
  for (let at = 0; at < count; at += 1) {
    const row = keptRows === undefined ? at : keptRows[at];
    sampleIndex[at] = spikes.sampleIndex[row];
    segmentIndex[at] = spikes.segmentIndex[row];
    unitIndex[at] = unitAfter[spikes.unitIndex[row]];
    offsets[unitIndex[at] + 1] += 1;
  }
  for (let unit = 0; unit < unitCount; unit += 1) offsets[unit + 1] += offsets[unit];
  const next = offsets.slice();
  const rows = new Int32Array(count);
  for (let at = 0; at < count; at += 1) rows[next[unitIndex[at]]++] = at;
  return { count, sampleIndex, unitIndex, segmentIndex, rows, offsets };
}

/** Active channels of a unit, ascending; all of them where dense. To be looked at only. */
export function channelsOf(sparsity: Sparsity | undefined, unit: number, channelCount: number): Int32Array {
  return sparsity === undefined ? indices(channelCount) : activeChannels(sparsity)[unit];
}

/** 0, 1, … count − 1. */
export function indices(count: number): Int32Array {
  const all = new Int32Array(count);
  for (let at = 0; at < count; at += 1) all[at] = at;
  return all;
}

/** The member with most spikes, the first of several. */
export function busiestOf(members: readonly number[], units: MergedUnits): number {
  return members.reduce((most, unit) => (units.spikeCountsBefore[unit] > units.spikeCountsBefore[most] ? unit : most), members[0]);
}
