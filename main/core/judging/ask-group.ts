import { Failure } from '../../../app/failure.ts';
import { costUsd } from '../../../app/judges/models.ts';
import { judgeOffline } from '../../../app/judges/offline/judge.ts';
import { type AskResult, askModel } from '../batch/ask-model.ts';
import { createPace, type PaceSignals } from '../batch/pace.ts';
import type { BatchItem, BatchPlan, BatchStore } from '../batch/store.ts';
import type { Core } from '../core.ts';
import { groupLabels } from '../group-labels.ts';
import { groupOf, withGroup } from '../sessions/session-access.ts';
import { buildGroupQuestion } from './build-group-question.ts';
import { type Connected, type ConnectParts, connectTo } from './connect.ts';

export type AskGroup = (item: BatchItem, signals: PaceSignals) => Promise<AskResult>;

type Parts = Pick<Core, 'tables' | 'analyzers' | 'pictures'> & ConnectParts & { readonly store: BatchStore };

/** Asks the offline judge about groups of a run: measured, judged by rules, nothing leaves the process. */
export function askOffline(parts: Parts): AskGroup {
  return (item, { signal }) =>
    withGroup(
      parts,
      item.groupId,
      async (view, { units }): Promise<AskResult> => {
        const begin = performance.now();
        const labels = groupLabels(units.length);
        const group = { units: units.map((unit) => view.indexOf(unit)), labels };
        const { verdict, numbers, version } = await judgeOffline(view, group, { signal });
        const latencyMs = Math.round(performance.now() - begin);
        return {
          ok: true,
          answer: {
            verdict,
            model: `rules ${version}`,
            raw: '',
            system: '',
            text: '',
            finish: 'done',
            warnings: [],
            pictures: [],
            numbers,
            params: {},
            spent: { usage: { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0 }, costUsd: 0, latencyMs, requestCount: 0 },
          },
        };
      },
      { signal },
    );
}

/** Asks a model about groups of a run, with one connection and one pace for all of them. */
export function askRemote(parts: Parts, plan: BatchPlan): AskGroup {
  const pace = createPace();
  const limitUsd = numberIn(plan.params, 'maxCostUsd');
  const timeoutS = numberIn(plan.params, 'timeoutS');
  const temperature = numberIn(plan.params, 'temperature');
  const baseUrl = typeof plan.params['baseUrl'] === 'string' ? plan.params['baseUrl'] : undefined;
  let connecting: Promise<Connected> | undefined;
  const connected = async (): Promise<Connected> => {
    connecting ??= connectTo(parts, plan.judge, { baseUrl, timeoutMs: timeoutS === undefined ? undefined : timeoutS * 1000 });
    try {
      return await connecting;
    } catch (error) {
      connecting = undefined;
      throw error;
    }
  };

  return async (item, signals) => {
    const { signal } = signals;
    refuseBeyond(limitUsd, parts.store.counts(item.batchId).costUsd);
    const { provider, connection } = await connected();
    const { sessionId } = groupOf(parts, item.groupId);
    const question = await withGroup(
      parts,
      item.groupId,
      (view, group, session) => buildGroupQuestion(parts, view, session, plan, group, { signal, temperature }),
      { signal },
    );
    if (sessionId !== plan.sessionId) throw new Failure('bug', 'A run would ask about a group of another session.');
    const result = await askModel({
      connection,
      title: provider.title,
      model: plan.model,
      built: question.built,
      numbers: question.numbers,
      params: {
        ...(question.notShown.length > 0 ? { notShown: question.notShown } : {}),
        ...(question.exampleIds.length > 0 ? { examplesShown: question.exampleIds } : {}),
      },
      costOf: (usage, model) => costUsd(plan.judge, model, usage) ?? costUsd(plan.judge, plan.model, usage),
      pace,
      signals,
    });
    // Another key may be there when the run goes on.
    if (!result.ok && result.failure.kind === 'provider.auth') connecting = undefined;
    return result;
  };
}

function refuseBeyond(limitUsd: number | undefined, spentUsd: number | null): void {
  if (limitUsd === undefined || spentUsd === null || spentUsd < limitUsd) return;
  throw new Failure(
    'provider.quota',
    `The run stopped at its limit of ${limitUsd} USD (${spentUsd.toFixed(4)} USD spent). Raise the limit to go on.`,
    { limitUsd, spentUsd, wholeRun: true },
  );
}

function numberIn(params: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = params[name];
  return typeof value === 'number' ? value : undefined;
}
