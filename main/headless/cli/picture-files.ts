import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { UnitId } from '../../../app/analyzer/view.ts';
import { Failure } from '../../../app/failure.ts';
import { writeFileAtomically } from '../../core/files/write-file-atomically.ts';
import { isUndrawable } from '../../core/pictures/undrawable.ts';
import type { CommandContext } from './command.ts';

export interface PictureFile {
  readonly units: readonly UnitId[];
  readonly feature: string;
  readonly file: string;
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  /** From the beginning of loading until the file was there. */
  readonly ms: number;
}

export interface PictureFiles {
  readonly files: readonly PictureFile[];
  /** What can't be drawn of just this group, and why. */
  readonly leftOut: readonly { readonly units: readonly UnitId[]; readonly feature: string; readonly reason: string }[];
}

interface Drawn {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/**
 * Draws each feature of each group into a file of `folder`, which is made where it is missing: several at once, so that loading,
 * drawing and writing go on together. A picture that can't be drawn of its group is left out with a note; throws why where that is
 * every one. Throws `cancelled` when the signal fires; what is written stays.
 */
export async function writePictures(
  groups: readonly (readonly UnitId[])[],
  features: readonly string[],
  folder: string,
  { signal, terminal }: CommandContext,
  draw: (units: readonly UnitId[], feature: string, signal: AbortSignal) => Promise<Drawn>,
): Promise<PictureFiles> {
  const digits = String(Math.max(1, groups.length - 1)).length;
  const jobs = groups.flatMap((units, group) => features.map((feature) => ({ units, feature, group })));
  const files: (PictureFile | undefined)[] = jobs.map(() => undefined);
  const failures: (Error | undefined)[] = jobs.map(() => undefined);
  const stop = new AbortController();
  const all = AbortSignal.any([signal, stop.signal]);
  let next = 0;
  let done = 0;
  const drawNext = async (): Promise<void> => {
    while (next < jobs.length && !all.aborted) {
      const job = next++;
      const { units, feature, group } = jobs[job];
      terminal.progress.show(done, jobs.length, feature);
      const begin = performance.now();
      try {
        const { bytes, width, height } = await draw(units, feature, all);
        const file = join(folder, `group-${String(group).padStart(digits, '0')}-${feature}.png`);
        await writeFileAtomically(file, bytes);
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        files[job] = { units, feature, file, sha256, width, height, bytes: bytes.byteLength, ms: performance.now() - begin };
      } catch (error) {
        if (!isUndrawable(error)) {
          stop.abort();
          throw error;
        }
        failures[job] = error;
      }
      done++;
    }
  };
  // A file that is being written is finished in any case.
  const ends = await Promise.allSettled(Array.from({ length: availableParallelism() + 2 }, drawNext));
  if (signal.aborted) throw new Failure('cancelled', 'Cancelled. The pictures that were drawn stay.');
  const failed = ends.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  const leftOut = jobs.flatMap(({ units, feature }, job) => {
    const reason = failures[job]?.message;
    return reason === undefined ? [] : [{ units, feature, reason }];
  });
  if (leftOut.length === jobs.length && jobs.length > 0) throw failures[0];
  for (const { units, feature, reason } of leftOut) terminal.note(`${feature} of ${units.join(' + ')} is left out: ${reason}`);
  return { files: files.filter((file) => file !== undefined), leftOut };
}
