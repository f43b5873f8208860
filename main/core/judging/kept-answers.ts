import { createHash } from 'node:crypto';
import type { Question } from '../../../app/judges/judge.ts';
import type { KeptAnswers } from '../batch/asking.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Tables } from '../db/tables.ts';

/** Answers of before to the identical question: judge, address, model, words, pictures, parameters and vote. */
export function keptAnswers(
  tables: Pick<Tables, 'answers'>,
  asked: { readonly judge: string; readonly baseUrl: string | undefined; readonly model: string; readonly fresh: boolean },
): KeptAnswers {
  const { judge, model, fresh } = asked;
  const keyOf = (question: Question, draw: number) => answerKey(question, { judge, model, address: asked.baseUrl ?? '', draw });
  return {
    get: (question, draw) => (fresh ? undefined : tables.answers.byKey(keyOf(question, draw))),
    put: (question, draw, reply) => tables.answers.put(keyOf(question, draw), judge, model, reply),
  };
}

/** SHA-256 over everything that decides an answer; pictures stand by their own hash. */
export function answerKey(
  question: Question,
  asked: { readonly judge: string; readonly model: string; readonly address: string; readonly draw: number },
): string {
  const { system, parts, schema, schemaName, maxOutputTokens, temperature } = question;
  const shown = parts.map((part) => (part.kind === 'text' ? ['text', part.text] : ['image', part.image.mediaType, part.image.sha256]));
  const key = { ...asked, system, shown, schema, schemaName, maxOutputTokens, temperature: temperature ?? null };
  return createHash('sha256').update(canonicalJson(key)).digest('hex');
}
