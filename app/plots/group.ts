import { spikeCountAt } from '../analyzer/spike-columns.ts';
import type { AnalyzerView, SpikeColumns } from '../analyzer/view.ts';
import { Failure } from '../failure.ts';
import type { PlotGroup } from './feature.ts';

/** More units than this no picture shows. */
export const mostUnits = 8;

/** What every picture says about a unit. */
export interface PlottedUnit {
  readonly label: string;
  readonly spikeCount: number;
}

/** The units of a group by their labels. */
export function plottedUnits({ units, labels }: PlotGroup, spikes: SpikeColumns): PlottedUnit[] {
  return units.map((unit, place) => ({ label: labels[place], spikeCount: spikeCountAt(spikes, unit) }));
}

/**
 * Throws `input.invalid` for a group no picture can show: none or more than eight units, one of them twice, fewer labels
 * than units, positions that are no units.
 */
export function checkGroup(view: AnalyzerView, group: PlotGroup): void {
  const { units, labels } = group;
  if (!(units.length >= 1 && units.length <= mostUnits)) {
    throw new Failure(
      'input.invalid',
      `A picture shows 1 to ${mostUnits} units; this group has ${units.length}. Split it into smaller groups.`,
      {
        units: units.length,
      },
    );
  }
  if (labels.length !== units.length) {
    throw new Failure('input.invalid', `The group has ${units.length} units but ${labels.length} labels.`, { labels: labels.length });
  }
  if (new Set(units).size !== units.length) {
    throw new Failure('input.invalid', 'A unit is listed twice in the group. List each unit once.', { units: [...units] });
  }
  for (const unit of units) {
    if (!(Number.isInteger(unit) && unit >= 0 && unit < view.unitIds.length)) {
      throw new Failure('analyzer.unknownUnit', `There is no unit at position ${unit}; the analyzer has ${view.unitIds.length} units.`, {
        unit,
      });
    }
  }
}

/** Whether the analyzer keeps the unit's data on this channel; elsewhere its zeros mean nothing. */
export function isStored(view: AnalyzerView, unit: number, channel: number): boolean {
  return view.sparsity === undefined || view.sparsity.mask[unit * view.sparsity.channelCount + channel] === 1;
}
