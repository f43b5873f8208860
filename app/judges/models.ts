import { z } from 'zod';
import table from '../../assets/models.json' with { type: 'json' };
import { type ImageRule, type ModelRow, modelRowSchema } from '../contract/model-row.ts';
import { Failure } from '../failure.ts';
import type { TokenUsage } from './judge.ts';
import type { BuiltQuestion } from './question.ts';

const tableSchema = z.strictObject({
  date: z.iso.date(),
  about: z.string(),
  providers: z.record(z.string(), z.array(modelRowSchema)),
});

export type ModelTable = z.output<typeof tableSchema>;

/** A table of models from JSON; throws `input.invalid` naming the entry. */
export function readModelTable(value: unknown, name: string): ModelTable {
  const parsed = tableSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Failure('input.invalid', `The table of models "${name}" is wrong at "${issue?.path.join('.')}": ${issue?.message}.`, {
    file: name,
  });
}

/** The table that ships with Samecell. */
export const modelTable: ModelTable = readModelTable(table, 'models.json');

export function findModel(provider: string, model: string, models: ModelTable = modelTable): ModelRow | undefined {
  const rows = rowsOf(provider, models);
  // A dated snapshot costs what its name without the date costs.
  return rows.find((row) => row.id === model) ?? rows.find((row) => row.id === withoutDate(model));
}

/** The name of which a dated snapshot ("gpt-4o-2024-08-06", "claude-haiku-4-5-20251001") was taken; any other name as it is. */
export function withoutDate(model: string): string {
  return model.replace(/-(\d{8}|\d{4}-\d{2}-\d{2})$/, '');
}

export function defaultModel(provider: string, models: ModelTable = modelTable): ModelRow | undefined {
  return rowsOf(provider, models).find((row) => row.default);
}

function rowsOf(provider: string, models: ModelTable): readonly ModelRow[] {
  return Object.hasOwn(models.providers, provider) ? models.providers[provider] : [];
}

/** Why the model can't be asked on that day (ISO), or only with care; empty where nothing stands against it. */
export function modelProblems(provider: string, model: string, today: string, withPictures: boolean, models?: ModelTable): string[] {
  const row = findModel(provider, model, models);
  if (!row) return [];
  const problems: string[] = [];
  if (withPictures && row.images === null) problems.push(`${row.title} takes no pictures. Choose another model, or send numbers only.`);
  if (row.endsOn !== null && row.endsOn <= today) problems.push(`${row.title} was taken away on ${row.endsOn}. Choose another model.`);
  return problems;
}

/**
 * USD of what was used, `null` where the price is not known. Input from the provider's cache counts at its own price, in
 * full where that is not known: then it is an upper bound.
 */
export function costUsd(provider: string, model: string, usage: TokenUsage, models?: ModelTable): number | null {
  const row = findModel(provider, model, models);
  if (row?.inputUsdPerMillion == null || row.outputUsdPerMillion == null) return null;
  const read = Math.min(usage.cachedInputTokens, usage.inputTokens);
  const written = Math.min(usage.cacheWriteTokens ?? 0, usage.inputTokens - read);
  const input =
    (usage.inputTokens - read - written) * row.inputUsdPerMillion +
    read * (row.cachedInputUsdPerMillion ?? row.inputUsdPerMillion) +
    written * (row.cacheWriteUsdPerMillion ?? row.inputUsdPerMillion);
  return (input + usage.outputTokens * row.outputUsdPerMillion) / 1e6;
}

/** `costUsd` of an answer: by the model that answered, or by the one asked where the price of that one is not known. */
export function costOfAnswer(provider: string, asked: string, answered: string, usage: TokenUsage, models?: ModelTable): number | null {
  return costUsd(provider, answered, usage, models) ?? costUsd(provider, asked, usage, models);
}

/** Tokens that a picture costs as input. Approximate where the model is not in the table. */
export function imageTokens(rule: ImageRule | null | undefined, widthPx: number, heightPx: number): number {
  if (rule === null) return 0;
  if (rule === undefined) return Math.ceil((widthPx * heightPx) / 750);
  switch (rule.rule) {
    case 'fixed':
      return rule.tokens;
    case 'tiles': {
      const fit = Math.min(1, 2048 / Math.max(widthPx, heightPx));
      const shrink = fit * Math.min(1, 768 / (Math.min(widthPx, heightPx) * fit));
      return rule.base + rule.perTile * Math.ceil((widthPx * shrink) / 512) * Math.ceil((heightPx * shrink) / 512);
    }
    case 'patches': {
      const edge = rule.longEdgePx === undefined ? 1 : Math.min(1, rule.longEdgePx / Math.max(widthPx, heightPx));
      const count = Math.ceil((widthPx * edge) / rule.sizePx) * Math.ceil((heightPx * edge) / rule.sizePx);
      return Math.round(Math.min(count, rule.maximum) * rule.factor);
    }
  }
}

/** Width and height from the header of a PNG; `undefined` for anything else. */
export function pngSize(bytes: Uint8Array): { width: number; height: number } | undefined {
  if (bytes.length < 24 || bytes[0] !== 0x89 || bytes[1] !== 0x50) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

export interface TokenEstimate {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
}

/** Letters of English or JSON to a token, low side, so that the estimate errs upwards. */
const lettersPerToken = 3.6;
/** A finding, and the verdict with its reasoning; thinking models use several times as much. */
const tokensPerFinding = 90;
const tokensPerVerdict = 350;

/** What asking once will cost, roughly, before it is asked. */
export function estimateQuestion(provider: string, model: string, built: BuiltQuestion, models?: ModelTable): TokenEstimate {
  const row = findModel(provider, model, models);
  const { question, expected } = built;
  let letters = question.system.length + JSON.stringify(question.schema).length;
  let inputTokens = 0;
  for (const part of question.parts) {
    if (part.kind === 'text') letters += part.text.length;
    else {
      const size = pngSize(part.image.bytes) ?? { width: 800, height: 600 };
      inputTokens += imageTokens(row?.images, size.width, size.height);
    }
  }
  inputTokens += Math.ceil(letters / lettersPerToken);
  const outputTokens = tokensPerVerdict + tokensPerFinding * expected.features.length;
  return { inputTokens, outputTokens, costUsd: costUsd(provider, model, { inputTokens, outputTokens, cachedInputTokens: 0 }, models) };
}
