import { isComputedHere, planComputing } from '../../../app/analyzer/compute/extensions/plan.ts';
import { computationOf } from '../../../app/analyzer/compute/extensions/registry.ts';
import { isObtainable } from '../../../app/analyzer/compute/obtainable.ts';
import { knownExtensions } from '../../../app/analyzer/extensions/registry.ts';
import { requireMatch } from '../../../app/analyzer/recording/matching.ts';
import type { ReadOptions } from '../../../app/analyzer/source.ts';
import type { AnalyzerView } from '../../../app/analyzer/view.ts';
import type { Answer, HandlersOf } from '../../../app/contract/calls.ts';
import { isFailure } from '../../../app/failure.ts';
import { unlockedBy } from '../analyzers/analyzer-info.ts';
import { findRecording } from '../compute/find-recording.ts';
import type { Core } from '../core.ts';
import { shortened } from '../files/grants.ts';
import { withAnalyzer } from '../sessions/session-access.ts';

type Recording = Answer<'compute.list'>['recording'];

export function computeHandlers(core: Core): HandlersOf<'compute'> {
  const { computedStore: store, computer } = core;
  return {
    'compute.list': ({ sessionId }, { signal }) =>
      withAnalyzer(
        core,
        sessionId,
        async (view, session) => {
          const recording = await recordingState(view, session.folder, store.located(view.sourceFingerprint), { signal });
          return { extensions: rows(view, recording), recording };
        },
        { signal },
      ),
    'compute.locateRecording': ({ sessionId, grant }, { signal }) => {
      const folder = core.grants.folder(grant, 'recording');
      return withAnalyzer(
        core,
        sessionId,
        async (view, session) => {
          const traces = await findRecording(session.folder, folder, { signal });
          try {
            requireMatch(view, traces);
            await store.locate(view.sourceFingerprint, folder);
            return { recording: { found: true, name: traces.name, place: shortened(folder) } };
          } finally {
            await traces.close();
          }
        },
        { signal },
      );
    },
    'compute.run': async ({ sessionId, extensions, params }, { signal, progress }) => {
      const request = await withAnalyzer(
        core,
        sessionId,
        async (view, session) => ({
          analyzerFolder: session.folder,
          storeFolder: store.folder,
          fingerprint: view.sourceFingerprint,
          extensions,
          params: params ?? {},
          recordingFolder: store.located(view.sourceFingerprint),
        }),
        { signal, lookNow: true },
      );
      try {
        return { computed: [...(await computer.run(request, { signal, progress }))] };
      } finally {
        // Also after a failure: what was computed before it stays and is to be seen.
        await core.analyzers.reopen(request.analyzerFolder);
        core.lists.of(sessionId).forgetNumbers();
        core.emit('analyzer.computed', { sessionId });
      }
    },
  };
}

/** Whether the recording can be read now, and if not why. */
async function recordingState(view: AnalyzerView, folder: string, located: string | undefined, options: ReadOptions): Promise<Recording> {
  const place = located === undefined ? {} : { place: shortened(located) };
  try {
    const traces = await findRecording(folder, located, options);
    try {
      requireMatch(view, traces);
      return { found: true, name: traces.name, ...place };
    } finally {
      await traces.close();
    }
  } catch (error) {
    if (!isFailure(error) || error.kind === 'cancelled') throw error;
    return { found: false, why: error.message, ...place };
  }
}

function rows(view: AnalyzerView, recording: Recording): Answer<'compute.list'>['extensions'] {
  return knownExtensions.map(({ id, title }) => {
    const state = isComputedHere(view, id) ? 'computed' : view.has(id) ? 'present' : 'missing';
    const unlocks = unlockedBy(id);
    const computation = computationOf(id);
    const base = { name: id, title, state, unlocks } as const;
    if (computation === undefined)
      return { ...base, needs: [], readsRecording: false, possible: false, why: 'Samecell has no code for it.' };
    const needs = [...computation.needs((extension) => view.has(extension) || isObtainable(view, extension)).extensions];
    if (state === 'present') return { ...base, needs, readsRecording: false, possible: false };
    const plan = planComputing(view, [id]);
    const readsRecording = plan.needsRecording.length > 0;
    const why =
      plan.needsProbe.length > 0 && view.channelPositionsUm.length === 0
        ? 'It needs channel positions, and the analyzer has no probe.'
        : readsRecording && !recording.found
          ? 'It reads the recording, which can’t be reached.'
          : undefined;
    return {
      ...base,
      needs: plan.added.length > 0 ? [...plan.added] : needs,
      readsRecording,
      possible: why === undefined,
      ...(why === undefined ? {} : { why }),
    };
  });
}
