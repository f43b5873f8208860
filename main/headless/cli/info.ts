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
      extensions: summary.extensions.map(({ name, params }) => ({ name, params })),
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
