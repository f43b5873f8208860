import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sink } from '../../../app/analyzer/sink.ts';
import type { Source } from '../../../app/analyzer/source.ts';
import { diskSink } from '../files/disk-sink.ts';
import { diskSource } from '../files/disk-source.ts';
import { writeFileAtomically } from '../files/write-file-atomically.ts';
import { writeProblem } from '../files/write-problem.ts';

const locatedFile = 'recording-located.json';

/** Extensions computed here, by the fingerprint of the analyzer's folder, in SpikeInterface's `binary_folder` layout. */
export interface ComputedStore {
  readonly folder: string;
  /** What was computed for an analyzer, to be joined with it; `undefined` where nothing was. */
  sourceFor(fingerprint: string): Source | undefined;
  /** Where one extension is written; it takes an earlier one's place with `put`, and is nowhere before. */
  begin(fingerprint: string, extension: string): Promise<{ readonly sink: Sink; put(): Promise<void>; discard(): Promise<void> }>;
  remove(fingerprint: string, extensions: readonly string[]): Promise<void>;
  /** The folder a person located the recording in. */
  located(fingerprint: string): string | undefined;
  locate(fingerprint: string, folder: string): Promise<void>;
  /** Takes away what a process that died left half-written. */
  sweep(fingerprint: string): Promise<void>;
}

export function createComputedStore(folder: string): ComputedStore {
  const of = (fingerprint: string) => join(folder, fingerprint);
  return {
    folder,
    sourceFor: (fingerprint) => (existsSync(join(of(fingerprint), 'extensions')) ? diskSource(of(fingerprint)) : undefined),
    async begin(fingerprint, extension) {
      const incoming = join(of(fingerprint), 'incoming', `${extension}-${randomBytes(6).toString('hex')}`);
      const sink = await diskSink(incoming);
      return {
        sink,
        async put() {
          await sink.commit();
          const target = join(of(fingerprint), 'extensions', extension);
          try {
            await mkdir(join(of(fingerprint), 'extensions'), { recursive: true });
            await rm(target, { recursive: true, force: true });
            await rename(incoming, target);
          } catch (error) {
            await rm(incoming, { recursive: true, force: true }).catch(() => undefined);
            throw writeProblem(error, target);
          }
        },
        discard: () => sink.discard(),
      };
    },
    async remove(fingerprint, extensions) {
      for (const extension of extensions) await rm(join(of(fingerprint), 'extensions', extension), { recursive: true, force: true });
    },
    located(fingerprint) {
      try {
        const { folder: found } = JSON.parse(readFileSync(join(of(fingerprint), locatedFile), 'utf8')) as { folder?: unknown };
        return typeof found === 'string' ? found : undefined;
      } catch {
        // Not there, or not ours any more: the recording is looked for where the analyzer names it.
        return undefined;
      }
    },
    locate: (fingerprint, found) => writeFileAtomically(join(of(fingerprint), locatedFile), JSON.stringify({ folder: found })),
    async sweep(fingerprint) {
      const incoming = join(of(fingerprint), 'incoming');
      for (const name of await readdir(incoming).catch(() => [])) await rm(join(incoming, name), { recursive: true, force: true });
    },
  };
}
