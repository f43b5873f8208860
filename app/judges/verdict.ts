import { type FeatureFinding, type Verdict, type VerdictWord, verdictSchema, verdictWords } from '../contract/verdict.ts';
import type { Question } from './judge.ts';

/** What an answer must hold. */
export interface Expected {
  /** Feature ids that were shown, and `numbers` where the table went along. Each must have its finding; none: only a verdict. */
  readonly features: readonly string[];
  readonly labels: readonly string[];
}

export type ParsedVerdict = { readonly ok: true; readonly verdict: Verdict } | { readonly ok: false; readonly problem: string };

const longestReply = 200_000;

const findingProperties = {
  finding: { type: 'string', description: 'What is seen, with values. One to four sentences.' },
  supports: { type: 'string', enum: ['merge', 'not merge', 'neither'] },
  severity: { type: 'string', enum: ['low', 'medium', 'high'], description: 'How much this finding weighs.' },
};

/** JSON Schema of one expert's report. */
export function findingJsonSchema(): Record<string, unknown> {
  return strictObject({ ...findingProperties });
}

export type ParsedFinding = { readonly ok: true; readonly finding: FeatureFinding } | { readonly ok: false; readonly problem: string };

/** One expert's report in a model's reply. An empty one is none. */
export function parseFinding(text: string, feature: string): ParsedFinding {
  if (text.length > longestReply) return { ok: false, problem: 'The answer is far too long.' };
  if (text.trim() === '') return { ok: false, problem: 'The answer is empty.' };
  const found = jsonObjects(text).filter((one) => 'finding' in one);
  if (found.length === 0) return { ok: false, problem: 'There is no JSON object with a "finding" in the answer.' };
  if (differ(found)) return { ok: false, problem: 'The answer holds more than one report.' };
  const findings = readFindings([{ ...found[0], feature }], [feature]);
  return typeof findings === 'string' ? { ok: false, problem: findings } : { ok: true, finding: findings[0] };
}

/**
 * JSON Schema of the answer, within what OpenAI, Anthropic and Google all hold a model to: every field required,
 * nothing beyond them, no bounds. Findings come first, so that the verdict follows from them.
 */
export function verdictJsonSchema(expected: Expected): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  if (expected.features.length > 0) {
    properties['features'] = {
      type: 'array',
      description: 'One finding for each of the listed features, in this order.',
      items: strictObject({ feature: { type: 'string', enum: [...expected.features] }, ...findingProperties }),
    };
  }
  properties['reasoning'] = { type: 'string', description: 'What decides, and why what opposes it does not prevail.' };
  if (expected.labels.length > 2) {
    properties['cells'] = {
      type: 'array',
      description: 'The letters in groups, one group for each neuron; every letter exactly once.',
      items: { type: 'array', items: { type: 'string', enum: [...expected.labels] } },
    };
  }
  properties['verdict'] = { type: 'string', enum: [...verdictWords] };
  properties['confidence'] = { type: 'number', description: 'From 0 to 1: how likely the verdict is right.' };
  return strictObject(properties);
}

function strictObject(properties: Record<string, unknown>): Record<string, unknown> {
  return { type: 'object', additionalProperties: false, required: Object.keys(properties), properties };
}

/**
 * The verdict in a model's reply. Code fences and words around the JSON are forgiven; a missing finding, an unknown
 * word or letters that don't add up are not. An answer without a finding for every feature shown is never a verdict.
 */
export function parseVerdict(text: string, expected: Expected): ParsedVerdict {
  if (text.length > longestReply) return problem('The answer is far too long.');
  if (text.trim() === '') return problem('The answer is empty.');
  const found = jsonObjects(text).filter((one) => 'verdict' in one);
  if (found.length === 0) return problem('There is no JSON object with a "verdict" in the answer.');
  if (differ(found)) return problem('The answer holds more than one verdict.');
  const answer = found[0];

  const word = asWord(answer['verdict']);
  if (word === undefined) return problem(`"verdict" must be one of ${verdictWords.map((one) => `"${one}"`).join(', ')}.`);
  const confidence = asShare(answer['confidence']);
  if (confidence === undefined || !(confidence >= 0 && confidence <= 1)) return problem('"confidence" must be a number from 0 to 1.');
  const reasoning = asText(answer['reasoning'], 20_000);
  if (reasoning === undefined) return problem('"reasoning" is missing or empty.');

  const findings = expected.features.length === 0 ? [] : readFindings(answer['features'], expected.features);
  if (typeof findings === 'string') return problem(findings);
  const cells = expected.labels.length > 2 ? readCells(answer['cells'], expected.labels, word) : undefined;
  if (typeof cells === 'string') return problem(cells);

  const parsed = verdictSchema.safeParse({ verdict: word, confidence, reasoning, features: findings, cells });
  return parsed.success ? { ok: true, verdict: parsed.data } : problem(`The answer does not fit: ${parsed.error.issues[0]?.message}.`);
}

function problem(text: string): ParsedVerdict {
  return { ok: false, problem: text };
}

function asWord(value: unknown): VerdictWord | undefined {
  if (typeof value !== 'string') return undefined;
  const word = value
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ');
  return verdictWords.find((one) => one === word);
}

/** A number, also as text ("0.85", "85 %"). A bare 85 is not taken for a share: it could be one of a hundred, or a slip. */
function asShare(value: unknown): number | undefined {
  if (typeof value !== 'string') return typeof value === 'number' ? value : undefined;
  const match = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*(%?)\s*$/.exec(value);
  return match ? Number(match[1]) / (match[2] === '%' ? 100 : 1) : undefined;
}

function asText(value: unknown, length: number): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  return value.trim().slice(0, length);
}

function readFindings(value: unknown, features: readonly string[]): FeatureFinding[] | string {
  if (!Array.isArray(value)) return '"features" must be a list of findings.';
  const findings = new Map<string, FeatureFinding>();
  for (const one of value as unknown[]) {
    if (typeof one !== 'object' || one === null) return 'Each of "features" must be an object.';
    const { feature, finding, supports, severity } = one as Record<string, unknown>;
    if (typeof feature !== 'string' || !features.includes(feature))
      return `There is a finding about "${String(feature).slice(0, 60)}", which was not shown.`;
    if (findings.has(feature)) return `There are two findings about "${feature}".`;
    const words = asText(finding, 4000);
    if (words === undefined) return `The finding about "${feature}" is empty.`;
    const side = typeof supports === 'string' && supports.trim().toLowerCase() === 'neither' ? 'neither' : asWord(supports);
    if (side === undefined || side === 'unsure') return `"supports" of "${feature}" must be "merge", "not merge" or "neither".`;
    const weight = typeof severity === 'string' ? severity.trim().toLowerCase() : undefined;
    if (weight !== 'low' && weight !== 'medium' && weight !== 'high')
      return `"severity" of "${feature}" must be "low", "medium" or "high".`;
    findings.set(feature, { feature, finding: words, supports: side, severity: weight });
  }
  const missing = features.filter((feature) => !findings.has(feature));
  if (missing.length > 0) return `There is no finding about ${missing.map((one) => `"${one}"`).join(', ')}.`;
  return features.map((feature) => findings.get(feature) as FeatureFinding);
}

function readCells(value: unknown, labels: readonly string[], word: VerdictWord): string[][] | string {
  if (!Array.isArray(value)) return '"cells" must be a list of lists of letters.';
  const cells: string[][] = [];
  for (const cell of value as unknown[]) {
    if (!Array.isArray(cell) || !cell.every((one): one is string => typeof one === 'string'))
      return '"cells" must be a list of lists of letters.';
    if (cell.length > 0) cells.push(cell);
  }
  const seen = cells.flat();
  if (seen.length !== labels.length || !labels.every((label) => seen.includes(label)))
    return `"cells" must hold each of ${labels.join(', ')} exactly once.`;
  if (word === 'merge' && cells.length !== 1) return 'The verdict is "merge", but "cells" shows more than one neuron.';
  if (word === 'not merge' && cells.length === 1) return 'The verdict is "not merge", but "cells" shows one neuron.';
  return cells;
}

/** Outermost JSON objects in a text, in order. */
function jsonObjects(text: string): Record<string, unknown>[] {
  const whole = asObject(text);
  if (whole) return [whole];
  // What a model thinks aloud before it answers is no answer.
  const thought = text.lastIndexOf('</think>');
  if (thought >= 0) return jsonObjects(text.slice(thought + '</think>'.length));
  const found: Record<string, unknown>[] = [];
  let start = text.indexOf('{');
  // Bounded, since each try may read to the end of the text.
  for (let tries = 0; start >= 0 && tries < 100; tries++) {
    const end = endOfObject(text, start);
    const one = end === undefined ? undefined : asObject(text.slice(start, end));
    if (one) found.push(one);
    start = text.indexOf('{', one && end !== undefined ? end : start + 1);
  }
  return found;
}

/** Whether several objects say different things; one that is nested beyond measure is like no other. */
function differ(found: readonly Record<string, unknown>[]): boolean {
  if (found.length < 2) return false;
  try {
    return new Set(found.map((one) => JSON.stringify(one))).size > 1;
  } catch {
    return true;
  }
}

function asObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function endOfObject(text: string, start: number): number | undefined {
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const letter = text[at];
    if (quoted) {
      if (letter === '\\') at++;
      else if (letter === '"') quoted = false;
    } else if (letter === '"') quoted = true;
    else if (letter === '{') depth++;
    else if (letter === '}' && --depth === 0) return at + 1;
  }
  return undefined;
}

/** The same question once more, with what was wrong with the first answer. Asked at most once. */
export function repairQuestion(question: Question, reply: string, wrong: string): Question {
  const shown = reply.length > 4000 ? `${reply.slice(0, 4000)}…` : reply;
  return {
    ...question,
    parts: [
      ...question.parts,
      {
        kind: 'text',
        text: `You answered this before, but the answer can't be used: ${wrong}\nYour answer was, in quotation marks: ${JSON.stringify(shown)}\nAnswer again: one JSON object that fits the schema, complete.`,
      },
    ],
  };
}
