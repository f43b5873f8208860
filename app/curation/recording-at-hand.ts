import type { StoredAnalyzer } from '../analyzer/stored-analyzer.ts';
import { replaceTexts } from './raw-json.ts';
import type { StoredJson } from './stored-json.ts';

/**
 * Whether the recording that an analyzer names can be read, as far as the files its link names tell; a link that can't be
 * looked into, or no way to look (`exists`), counts as yes.
 */
export async function recordingAtHand(
  stored: StoredAnalyzer,
  json: StoredJson,
  exists: ((path: string) => Promise<boolean>) | undefined,
): Promise<boolean> {
  if (!stored.namesRecording) return false;
  if (json.recording === undefined || exists === undefined) return true;
  const paths: string[] = [];
  replaceTexts(json.recording, (key, value) => {
    if (key.includes('path') && !/^[a-z][a-z0-9+.-]+:\/\//.test(value)) paths.push(value);
    return value;
  });
  return (await Promise.all(paths.map(exists))).every(Boolean);
}
