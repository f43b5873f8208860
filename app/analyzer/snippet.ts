import { extensionById } from './extensions/registry.ts';
import type { AnalyzerSummary } from './view.ts';

/**
 * SpikeInterface code, to copy into Python, that computes a missing extension and all it needs in the analyzer at `folder`. For a folder
 * of phy it exports that folder again with what is missing, or makes an analyzer of it.
 */
export function snippetFor(extension: string, folder: string, format: AnalyzerSummary['format'] = 'binary_folder'): string {
  const chain = chainFor(extension);
  if (format === 'phy') return phySnippet(extension, chain, folder);
  const needsRecording = chain.some((id) => extensionById(id)?.needsRecording === true);
  const lines = ['import spikeinterface.full as si', '', `analyzer = si.load_sorting_analyzer(${pythonText(folder)})`];
  if (needsRecording) {
    lines.push('# If the recording is not found: analyzer.set_temporary_recording(recording)');
  }
  for (const id of chain.slice(0, -1)) {
    lines.push(`if not analyzer.has_extension(${pythonText(id)}):`, `    analyzer.compute(${pythonText(id)})`);
  }
  lines.push(`analyzer.compute(${pythonText(extension)})`);
  return `${lines.join('\n')}\n`;
}

/** What to ask of SpikeInterface's export so that a phy folder has the extension. */
const exportedWith: Readonly<Record<string, string>> = {
  random_spikes: 'add_waveforms=True',
  waveforms: 'add_waveforms=True',
  templates: 'template_mode="average"',
  spike_amplitudes: 'compute_amplitudes=True',
  principal_components: 'compute_pc_features=True',
  quality_metrics: 'add_quality_metrics=True',
};

/** The remedy for what a phy folder lacks, in one sentence. */
export function phyRemedy(extension: string): string {
  return Object.hasOwn(exportedWith, extension)
    ? `Export the folder again with export_to_phy(..., ${exportedWith[extension]}) and open it again.`
    : 'Make an analyzer of the folder in SpikeInterface, compute it there and open that.';
}

function phySnippet(extension: string, chain: readonly string[], folder: string): string {
  const lines = ['import spikeinterface.full as si', ''];
  if (Object.hasOwn(exportedWith, extension)) {
    lines.push(
      '# analyzer: the one this folder was exported from',
      `si.export_to_phy(analyzer, ${pythonText(`${folder}-again`)}, ${exportedWith[extension]})`,
    );
  } else {
    lines.push(
      '# recording: the one that was sorted',
      `sorting = si.read_phy(${pythonText(folder)})`,
      `analyzer = si.create_sorting_analyzer(sorting, recording, format="binary_folder", folder=${pythonText(`${folder}-analyzer`)})`,
      `analyzer.compute(${JSON.stringify(chain).replaceAll(',', ', ')})`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** The extension behind everything it depends on, in the order of computing. */
function chainFor(extension: string): readonly string[] {
  return [...(extensionById(extension)?.dependsOn ?? []), extension];
}

/** A JSON string is a Python string as well. */
function pythonText(text: string): string {
  return JSON.stringify(text);
}
