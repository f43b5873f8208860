import { Failure } from '../../../app/failure.ts';
import { costOfAnswer, estimateQuestion } from '../../../app/judges/models.ts';
import { type AskResult, askVotes } from '../batch/ask-model.ts';
import { createBudget } from '../batch/budget.ts';
import type { Pace, PaceSignals } from '../batch/pace.ts';
import type { Slots } from '../batch/slots.ts';
import type { AskedPlan, BatchItem, BatchStore } from '../batch/store.ts';
import type { Core } from '../core.ts';
import { groupLabels } from '../group-labels.ts';
import { groupOf, withGroup } from '../sessions/session-access.ts';
import { askingParams } from './asking-params.ts';
import { buildGroupQuestion, type GroupQuestion } from './build-group-question.ts';
import { type Connected, type ConnectParts, connectTo } from './connect.ts';
import { keptAnswers } from './kept-answers.ts';
import { currentModels } from './model-table.ts';
import { runExamples } from './run-examples.ts';

export type AskGroup = (item: BatchItem, signals: PaceSignals) => Promise<AskResult>;

type Parts = Pick<Core, 'tables' | 'analyzers' | 'pictures' | 'searcher'> & ConnectParts & { readonly store: BatchStore };

/** Asks the offline judge about groups of a run: measured and judged in the searching thread, nothing leaves the process. */
export function askOffline(parts: Parts): AskGroup {
  return (item, { signal }) =>
    withGroup(
      parts,
      item.groupId,
      async (view, { units }, { folder }): Promise<AskResult> => {
        const begin = performance.now();
        const group = { units: units.map((unit) => view.indexOf(unit)), labels: groupLabels(units.length) };
        const { verdict, numbers, version } = await parts.searcher.ask('judge', { folder, view }, group, { signal });
        const latencyMs = Math.round(performance.now() - begin);
        return {
          ok: true,
          answer: {
            verdict,
            model: `version ${version}`,
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

/** What all groups of a run share: one connection, one pace for the provider, one budget, so many requests at a time. */
export interface RunParts {
  readonly pace: Pace;
  readonly slots: Slots;
}

/** Asks a model about groups of a run. */
export function askRemote(parts: Parts, plan: AskedPlan, batchId: string, { pace, slots }: RunParts): AskGroup {
  const asking = askingParams(plan.params);
  const { baseUrl, timeoutS, maxCostUsd, maxCalls } = asking;
  const counts = parts.store.counts(batchId);
  const budget =
    maxCostUsd === undefined && maxCalls === undefined
      ? undefined
      : createBudget({ limitUsd: maxCostUsd, limitCalls: maxCalls }, { usd: counts.costUsd ?? 0, calls: counts.requestCount });
  const answers = keptAnswers(parts.tables, { judge: plan.judge, model: plan.model, baseUrl, fresh: asking.fresh });
  const examples = runExamples(parts, plan);
  let connecting: Promise<Connected> | undefined;

  const connected = async (): Promise<Connected> => {
    const timeoutMs = timeoutS === undefined ? undefined : timeoutS * 1000;
    connecting ??= connectTo(parts, plan.judge, { baseUrl, timeoutMs, model: plan.model });
    try {
      return await connecting;
    } catch (error) {
      connecting = undefined;
      throw error;
    }
  };

  return async (item, signals) => {
    const { signal } = signals;
    const { provider, connection } = await connected();
    const models = currentModels(parts.tables);
    const { sessionId } = groupOf(parts, item.groupId);
    if (sessionId !== plan.sessionId) throw new Failure('bug', 'A run would ask about a group of another session.');
    const question = await withGroup(
      parts,
      item.groupId,
      (view, group, session) => buildGroupQuestion(parts, view, session, plan, group, { signal, examples, models }),
      { signal },
    );
    const result = await askVotes({
      connection,
      title: provider.title,
      model: plan.model,
      labels: question.labels,
      votes: question.votes,
      numbers: question.numbers,
      params: shownParams(question),
      costOf: (usage, model) => costOfAnswer(plan.judge, plan.model, model, usage, models),
      expectedUsdOf: (sent) =>
        estimateQuestion(plan.judge, plan.model, { question: sent, expected: { features: [], labels: [] }, text: '' }, models).costUsd,
      pace,
      slots,
      budget,
      answers,
      signals,
    });
    // Another key may be there when the run goes on.
    if (!result.ok && result.failure.kind === 'provider.auth') connecting = undefined;
    return result;
  };
}

/** What a group was shown beyond what the run's plan says. */
export function shownParams({ notShown, exampleIds }: Pick<GroupQuestion, 'notShown' | 'exampleIds'>): Record<string, unknown> {
  return { ...(notShown.length > 0 ? { notShown } : {}), ...(exampleIds.length > 0 ? { examplesShown: exampleIds } : {}) };
}
