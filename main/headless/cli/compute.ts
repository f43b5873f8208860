import { resolve } from 'node:path';
import { Failure } from '../../../app/failure.ts';
import { writeComputedCopy } from '../../core/compute/write-computed-copy.ts';
import type { CommandContext, CommandResult } from './command.ts';
import { analyzerFolder } from './open-view.ts';

export interface ComputeOptions {
  readonly extensions: readonly string[];
  readonly out: string;
  readonly recording?: string;
  readonly param?: readonly string[];
}

/** Computes missing extensions into a complete copy of the analyzer. */
export async function compute(path: string, options: ComputeOptions, { signal, terminal }: CommandContext): Promise<CommandResult> {
  const targetFolder = resolve(options.out);
  const copy = await writeComputedCopy(
    {
      analyzerFolder: await analyzerFolder(path),
      targetFolder,
      extensions: options.extensions,
      params: paramsFrom(options.param ?? []),
      recordingFolder: options.recording === undefined ? undefined : resolve(options.recording),
    },
    { signal, progress: (done, total, what) => terminal.progress.show(Math.round((100 * done) / Math.max(1, total)), 100, what) },
  );
  for (const note of copy.notes) terminal.note(note);
  for (const { extension, why } of copy.dropped) terminal.note(`${extension} is not in the copy: ${why}`);
  const lines = copy.computed.map(({ name, ms }) => `${name}\t${ms.toFixed(0)} ms`);
  return { json: { computed: copy.computed, path: targetFolder }, text: `${[...lines, targetFolder].join('\n')}\n` };
}

/** `extension.name=value` each; the value is JSON where it is, else text. */
function paramsFrom(texts: readonly string[]): Record<string, Record<string, unknown>> {
  const params: Record<string, Record<string, unknown>> = {};
  for (const text of texts) {
    const match = /^(\w+)\.(\w+)=(.*)$/s.exec(text);
    if (match === null) {
      throw new Failure('usage', `--param ${text} is not of the form extension.name=value, such as waveforms.ms_before=1.5.`, {
        option: '--param',
      });
    }
    const [, extension, name, value] = match;
    if (!Object.hasOwn(params, extension)) params[extension] = {};
    params[extension][name] = jsonOrText(value);
  }
  return params;
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
