import type { Computation, ComputedExtension } from '../../../app/analyzer/compute/extensions/computation.ts';
import { outdatedBy, planComputing } from '../../../app/analyzer/compute/extensions/plan.ts';
import { npyHeader } from '../../../app/analyzer/npy-bytes.ts';
import { openAnalyzer } from '../../../app/analyzer/open.ts';
import { requireMatch } from '../../../app/analyzer/recording/matching.ts';
import type { Traces } from '../../../app/analyzer/recording/traces.ts';
import type { Sink, SinkContent } from '../../../app/analyzer/sink.ts';
import type { IdentifiedAnalyzer } from '../../../app/analyzer/view.ts';
import type { ReportProgress } from '../../../app/contract/calls.ts';
import { Failure, throwIfCancelled } from '../../../app/failure.ts';
import { diskSource } from '../files/disk-source.ts';
import { sha256 } from '../files/sha256.ts';
import { createComputedStore } from './computed-store.ts';
import { findRecording } from './find-recording.ts';

/** The layout that is written. */
const writtenVersion = '0.105.3';
/** Progress is told in thousandths of one extension. */
const steps = 1000;

export interface ComputeRequest {
  readonly analyzerFolder: string;
  /** Where computed extensions are kept, by fingerprint. */
  readonly storeFolder: string;
  /** What the analyzer must still be. */
  readonly fingerprint: string;
  readonly extensions: readonly string[];
  /** By extension, with SpikeInterface's names; defaults for the rest. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Where a person located the recording. */
  readonly recordingFolder: string | undefined;
}

export interface Computed {
  readonly name: string;
  readonly ms: number;
}

/**
 * Computes extensions, and what they need, into the store: each is there whole or not at all, and stays when a later one
 * fails or the work is cancelled. The analyzer's folder is only read.
 */
export async function computeExtensions(
  request: ComputeRequest,
  options: { readonly signal?: AbortSignal | undefined; readonly progress?: ReportProgress | undefined } = {},
): Promise<Computed[]> {
  const { signal } = options;
  const store = createComputedStore(request.storeFolder);
  await store.sweep(request.fingerprint);
  const open = () => openAnalyzer(diskSource(request.analyzerFolder), { sha256, signal, computed: store.sourceFor });
  let view = await open();
  let traces: Traces | undefined;
  const done: Computed[] = [];
  try {
    requireUnchanged(view, request);
    const plan = planComputing(view, request.extensions);
    const params = plan.computations.map((computation) => paramsOf(computation, request.params[computation.id]));
    refuseStray(request, plan.computations);
    if (plan.needsRecording.length > 0) {
      traces = await findRecording(request.analyzerFolder, request.recordingFolder, { signal });
      requireMatch(view, traces);
    }
    const ids = plan.computations.map(({ id }) => id);
    await store.remove(request.fingerprint, outdatedBy(view, ids));
    const total = plan.computations.length * steps;
    for (const [index, computation] of plan.computations.entries()) {
      throwIfCancelled(signal);
      const tell = (share: number) => options.progress?.(index * steps + Math.round(share * steps), total, computation.id);
      tell(0);
      const begin = performance.now();
      const context = { view, traces, signal, onProgress: throttled(tell) };
      const computed = await computation.run(context, params[index]);
      const runtimeS = (performance.now() - begin) / 1000;
      const target = await store.begin(request.fingerprint, computation.id);
      try {
        await writeExtension(target.sink, computation, computed, runtimeS, signal);
        await target.put();
      } catch (error) {
        await target.discard();
        throw error;
      }
      done.push({ name: computation.id, ms: performance.now() - begin });
      const next = await open();
      await view.close();
      view = next;
      requireUnchanged(view, request);
    }
    options.progress?.(total, total, '');
    return done;
  } finally {
    await traces?.close();
    await view.close();
  }
}

function requireUnchanged(view: IdentifiedAnalyzer, { fingerprint }: ComputeRequest): void {
  if (view.sourceFingerprint === fingerprint) return;
  throw new Failure('analyzer.changed', `The analyzer ${view.summary.name} changed meanwhile. Open it again.`, {
    analyzer: view.summary.name,
  });
}

function paramsOf(computation: Computation, given: unknown): unknown {
  const parsed = computation.params.safeParse(given ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = [computation.id, ...issue.path].join('.');
  throw new Failure('input.invalid', `${field}: ${issue.message}. Use a parameter of SpikeInterface's ${computation.id}.`, { field });
}

function refuseStray({ params }: ComputeRequest, planned: readonly Computation[]): void {
  const stray = Object.keys(params).find((name) => planned.every(({ id }) => id !== name));
  if (stray !== undefined) {
    throw new Failure('input.invalid', `There are parameters for ${stray}, which is not computed here.`, { field: stray });
  }
}

/** Not more often than every 50 ms. */
function throttled(tell: (share: number) => void): (done: number, total: number) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (done, total) => {
    const now = performance.now();
    if (now - last < 50 && done < total) return;
    last = now;
    tell(total > 0 ? done / total : 0);
  };
}

async function writeExtension(
  sink: Sink,
  computation: Computation,
  computed: ComputedExtension,
  runtimeS: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const text = (key: string, content: string) => sink.write(key, new TextEncoder().encode(content), { signal });
  for (const { name, dtype, shape, content } of computed.arrays) {
    await sink.write(`${name}.npy`, withHeader(npyHeader(dtype, shape), content), { signal });
  }
  for (const { name, text: content } of computed.texts ?? []) await text(name, content);
  await text('info.json', json({ class: computation.className, module: 'spikeinterface', version: writtenVersion }));
  await text('run_info.json', json({ run_completed: true, runtime_s: runtimeS }));
  await text('params.json', json(computed.params));
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 4);
}

async function* withHeader(header: Uint8Array, content: SinkContent): AsyncGenerator<Uint8Array> {
  yield header;
  if (content instanceof Uint8Array) yield content;
  else yield* content;
}
