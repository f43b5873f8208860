import type { CommandContext, CommandResult } from './command.ts';
import { withView } from './open-view.ts';

/** What an analyzer is. */
export function info(path: string, context: CommandContext): Promise<CommandResult> {
  return withView(path, context, async (view) => {
    const { summary } = view;
    const json = {
      format: summary.format,
      spikeinterfaceVersion: summary.spikeinterfaceVersion,
      unitIds: view.unitIds,
      channelCount: view.channelIds.length,
      segmentCount: view.segmentSampleCounts.length,
      durationS: view.durationS,
      samplingFrequencyHz: view.samplingFrequencyHz,
      spikeCount: summary.spikeCount,
      sparse: summary.sparse,
      extensions: summary.extensions.map(({ name, params }) => ({ name, params: asStored(params) })),
      problems: summary.problems,
    };
    const lines = [
      summary.format === 'phy'
        ? `${summary.name}: folder of phy or Kilosort`
        : `${summary.name}: ${summary.format}, SpikeInterface ${summary.spikeinterfaceVersion}`,
      `${view.unitIds.length} units, ${summary.spikeCount} spikes, ${json.channelCount} channels, ${summary.sparse ? 'sparse' : 'dense'}`,
      `${json.segmentCount} ${json.segmentCount === 1 ? 'segment' : 'segments'}, ${view.durationS.toFixed(1)} s at ${view.samplingFrequencyHz} Hz`,
      `extensions: ${summary.extensions.map(({ name }) => name).join(', ') || 'none'}`,
      ...summary.problems.map((problem) => `problem: ${problem}`),
    ];
    return { json, text: `${lines.join('\n')}\n` };
  });
}

/** Whole numbers that no double holds, such as seeds, are read as texts; printed they are the numbers that stand in the file. */
function asStored(value: unknown): unknown {
  if (typeof value === 'string')
    return /^-?[1-9][0-9]{15,}$/.test(value) && !Number.isSafeInteger(Number(value)) ? rawNumber(value) : value;
  if (Array.isArray(value)) return value.map(asStored);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asStored(inner)]));
}

function rawNumber(digits: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(digits);
}
