import type { CommandContext, CommandResult } from './command.ts';
import { type Judged, type JudgeOptions, judgedRun, nothingJudged } from './judged-run.ts';

/** Verdicts about groups, and their results.csv. */
export function judge(path: string, options: JudgeOptions, context: CommandContext): Promise<CommandResult> {
  const begin = performance.now();
  return judgedRun(path, options, context, {
    nothing: () => ({ json: { ...nothingJudged, ms: performance.now() - begin }, text: '' }),
    after: async (judged) => {
      const { verdicts, failures, skipped, counts, costUsd, endedEarly, exitCode } = judged;
      const ms = performance.now() - begin;
      return { json: { verdicts, failures, skipped, counts, costUsd, ms }, text: judgedText(judged), exitCode, failure: endedEarly };
    },
  });
}

/** One line for each verdict, then the counts. */
export function judgedText({ verdicts, failures, skipped, counts, costUsd }: Judged): string {
  const units = (ids: readonly (string | number)[]) => ids.map((id) => JSON.stringify(id)).join(' ');
  const lines = [
    ...verdicts.map((one) => `${units(one.units)}\t${one.verdict}\t${Math.round(one.confidence * 100)} %\t${one.reasoning.split('\n')[0]}`),
    ...failures.map((one) => `${units(one.units)}\tfailed\t${one.message}`),
    ...skipped.map((one) => `${units(one.units)}\tskipped\t${one.message}`),
    Object.entries(counts)
      .map(([word, count]) => `${count} ${word}`)
      .join(', ') + (costUsd === null || costUsd === 0 ? '' : `, ${costUsd.toFixed(4)} USD`),
  ];
  return `${lines.join('\n')}\n`;
}
