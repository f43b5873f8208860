import { BoundedCache } from '../../../app/analyzer/bounded-cache.ts';
import type { QuestionImage } from '../../../app/judges/judge.ts';
import { featureById } from '../../../app/plots/registry.ts';
import type { BatchPlan } from '../batch/store.ts';
import type { Core } from '../core.ts';
import type { ExampleRecord } from '../db/tables/examples.ts';

/** The examples of a run, read once for all its groups. */
export interface RunExamples {
  readonly all: readonly ExampleRecord[];
  /** A picture of one, read and encoded once while it is in use. Throws `input.notFound` where it is gone. */
  picture(feature: string, sha256: string): Promise<QuestionImage>;
}

const mostBytes = 32 * 1024 * 1024;

export function runExamples(core: Pick<Core, 'tables' | 'pictures'>, plan: Pick<BatchPlan, 'exampleIds'>): RunExamples {
  const read = new BoundedCache(mostBytes);
  return {
    all: plan.exampleIds.flatMap((exampleId) => core.tables.examples.byId(exampleId) ?? []),
    picture: (feature, sha256) =>
      read.get(
        `${feature} ${sha256}`,
        async (): Promise<QuestionImage> => {
          const { bytes } = await core.pictures.stored(sha256);
          return { feature, caption: featureById(feature).title, mediaType: 'image/png', bytes, base64: inBase64(bytes), sha256 };
        },
        ({ bytes, base64 }) => bytes.byteLength + (base64?.length ?? 0),
      ),
  };
}

/** As a question sends it; the host is much quicker at that than the domain. */
export function inBase64(bytes: Uint8Array<ArrayBuffer>): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
