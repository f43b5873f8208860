import { extensionById } from './extensions/registry.ts';

/** SpikeInterface code, to copy into Python, that computes a missing extension and all it needs in the analyzer at `folder`. */
export function snippetFor(extension: string, folder: string): string {
  const chain = chainFor(extension);
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

/** The extension behind everything it depends on, in the order of computing. */
function chainFor(extension: string): readonly string[] {
  return [...(extensionById(extension)?.dependsOn ?? []), extension];
}

/** A JSON string is a Python string as well. */
function pythonText(text: string): string {
  return JSON.stringify(text);
}
