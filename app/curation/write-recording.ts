import type { Source } from '../analyzer/source.ts';
import type { AnalyzerWriter } from '../analyzer/writing/analyzer-writer.ts';
import { replaceTexts } from './raw-json.ts';
import type { StoredJson } from './stored-json.ts';

/**
 * Carries over what is known of the recording and the link to it, relative paths turned by `relocate`. Gives a sentence
 * where the link had to be left out.
 */
export async function writeRecording(
  writer: AnalyzerWriter,
  source: Source,
  json: StoredJson,
  relocate: ((path: string) => string) | undefined,
): Promise<string[]> {
  await writer.recordingInfo(json.recordingAttributes, json.probegroup);
  if (json.recording === undefined) {
    const others = (await source.list('')).filter((entry) => /^recording(\.json|\.pickle|\.pkl)?$/.test(entry.name));
    if (others.length === 0) return [];
    return [
      'The link to the recording is left out, since only a link in readable JSON is carried over. Attach it with analyzer.set_temporary_recording(recording).',
    ];
  }
  let missing = false;
  const text = replaceTexts(json.recording, (key, value) => {
    if (!key.includes('path') || isAbsolute(value)) return value;
    if (relocate === undefined) missing = true;
    return relocate?.(value) ?? value;
  });
  if (missing) return ['The link to the recording is left out, since its path is relative to the source folder.'];
  await writer.recording(text);
  return [];
}

function isAbsolute(path: string): boolean {
  return /^(?:[/\\]|[a-zA-Z]:|[a-z][a-z0-9+.-]*:\/\/)/.test(path);
}
