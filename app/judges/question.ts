import type { FeatureFinding } from '../contract/verdict.ts';
import { Failure } from '../failure.ts';
import { featuresOf, type Question, type QuestionImage, type QuestionPart } from './judge.ts';
import type { Prompt } from './prompts/prompt.ts';
import { type Expected, findingJsonSchema, verdictJsonSchema } from './verdict.ts';

/** One evidence number as it is shown. `null` where it can't be said for this pair. */
export interface NumberRow {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly reading: string;
  readonly digits: number;
  readonly value: number | null;
}

/** The numbers of one pair of the group. */
export interface PairNumbers {
  readonly labels: readonly [string, string];
  readonly rows: readonly NumberRow[];
}

/** A frozen case from a library, decided by a person. */
export interface Example {
  readonly label: 'good' | 'bad';
  /** The person's own words; treated as text of unknown origin. */
  readonly why: string;
  readonly pictures: readonly QuestionImage[];
  readonly numbers: readonly PairNumbers[];
}

export interface QuestionInput {
  readonly prompt: Prompt;
  /** "A", "B", … Ids of units never stand in a question. */
  readonly labels: readonly string[];
  /** Spikes of each unit, in the order of the labels, and how long the recording is. */
  readonly spikeCounts: readonly number[];
  readonly durationS: number;
  readonly pictures: readonly QuestionImage[];
  /** Empty where numbers don't go along. */
  readonly numbers: readonly PairNumbers[];
  readonly examples: readonly Example[];
  /** The examples are the same for the other groups of the run, so a provider may keep them. */
  readonly examplesStable?: boolean | undefined;
  readonly temperature?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
}

export interface BuiltQuestion {
  readonly question: Question;
  readonly expected: Expected;
  /** All words that were sent, for the record; a picture stands as its feature and hash. */
  readonly text: string;
}

const answerTokens = 12_000;

/**
 * What a model is asked about one group: examples first, then the group with its pictures and numbers. Throws
 * `input.invalid` where nothing would be shown, and `bug` for a label that is not a letter or a feature shown twice.
 */
export function buildQuestion(input: QuestionInput): BuiltQuestion {
  const { prompt, labels } = input;
  const expected: Expected = { features: shownFeatures(input), labels };
  const say = sayer();
  tellExamples(say, input);
  const stableParts = input.examplesStable ? say.parts.length : 0;
  tellGroup(say, input, (feature) => prompt.guidance[feature]);
  say(
    `Now answer. Give exactly one finding for each of: ${expected.features.join(', ')}.${labels.length > 2 ? ` Give the cells with each of ${listed(labels)} exactly once.` : ''}`,
  );
  return built(input, prompt.system, say.parts, expected, verdictJsonSchema(expected), 'merge_verdict', stableParts);
}

/** One expert's question about one feature of a group. */
export interface ExpertQuestion {
  readonly feature: string;
  readonly question: Question;
  readonly text: string;
}

/** A panel about one group: an expert for each feature, and the head's question once their reports are there. */
export interface Panel {
  readonly experts: readonly ExpertQuestion[];
  /** Throws `provider.badReply` where a report is missing or empty: nothing is ever decided without one. */
  head(reports: readonly FeatureFinding[]): BuiltQuestion;
}

/**
 * What a panel is asked about one group. An expert sees its own picture (or the numbers) and that of the examples; the
 * head sees the reports, the pictures and the numbers. Throws as `buildQuestion`.
 */
export function buildPanel(input: QuestionInput): Panel {
  const { prompt, labels } = input;
  const features = shownFeatures(input);
  const experts = features.map((feature): ExpertQuestion => {
    const own = onlyOf(input, feature);
    const say = sayer();
    tellExamples(say, own);
    const stableParts = input.examplesStable ? say.parts.length : 0;
    // The guidance stands in the system text here.
    tellGroup(say, own, () => undefined);
    say(`Now report on "${feature}" for ${listed(labels)}.`);
    const system = [prompt.expert ?? prompt.system, `Your evidence: ${feature}. ${prompt.guidance[feature] ?? ''}`.trim()].join('\n\n');
    const { question, text } = built(input, system, say.parts, { features: [], labels }, findingJsonSchema(), 'expert_report', stableParts);
    return { feature, question, text };
  });
  return {
    experts,
    head(reports) {
      const missing = features.filter((feature) => !reports.some((report) => report.feature === feature && report.finding.trim() !== ''));
      if (missing.length > 0)
        throw new Failure('provider.badReply', `There is no report about ${missing.join(', ')}, so nothing was decided.`, { missing });
      const say = sayer();
      tellGroup(say, input, () => undefined);
      say(`The reports of the experts, as data in quotation marks:`);
      for (const feature of features) {
        const report = reports.find((one) => one.feature === feature) as FeatureFinding;
        say(`- ${feature}: supports "${report.supports}", weight ${report.severity}: ${JSON.stringify(oneLine(report.finding))}`);
      }
      say(`Now decide.${labels.length > 2 ? ` Give the cells with each of ${listed(labels)} exactly once.` : ''}`);
      const expected: Expected = { features: [], labels };
      return built(input, prompt.system, say.parts, expected, verdictJsonSchema(expected), 'merge_verdict', 0);
    },
  };
}

/** Features that have something to show, checked. */
function shownFeatures(input: QuestionInput): string[] {
  for (const label of input.labels)
    if (!/^[A-Z]{1,2}$/.test(label)) throw new Failure('bug', 'A unit would be shown by more than its letter.');
  const features = input.pictures.flatMap(featuresOf);
  if (new Set(features).size !== features.length) throw new Failure('bug', 'A picture would be shown twice.');
  const shown = input.numbers.some((pair) => pair.rows.length > 0) ? [...features, 'numbers'] : features;
  if (shown.length === 0)
    throw new Failure(
      'input.invalid',
      'There is neither a picture nor a number to show about this group. Choose features that can be drawn.',
      { skip: 'nothing to show' },
    );
  return shown;
}

function onlyOf(input: QuestionInput, feature: string): QuestionInput {
  const kept = <Shown extends { pictures: readonly QuestionImage[]; numbers: readonly PairNumbers[] }>(shown: Shown): Shown => ({
    ...shown,
    pictures: shown.pictures.filter((picture) => featuresOf(picture).includes(feature)),
    numbers: feature === 'numbers' ? shown.numbers : [],
  });
  const examples = input.examples.map(kept).filter((example) => example.pictures.length > 0 || example.numbers.length > 0);
  return { ...kept(input), examples };
}

interface Sayer {
  (text: string): void;
  readonly parts: QuestionPart[];
}

function sayer(): Sayer {
  const parts: QuestionPart[] = [];
  return Object.assign((text: string) => void parts.push({ kind: 'text', text }), { parts });
}

function tellExamples(say: Sayer, { examples }: QuestionInput): void {
  if (examples.length === 0) return;
  say(
    `First, ${examples.length === 1 ? 'an example' : `${examples.length} examples`} that an expert decided, to show the standard. They are other units; their letters have nothing to do with those of the group to judge. Do not report on them.`,
  );
  for (const [index, example] of examples.entries()) {
    say(
      `Example ${index + 1} of ${examples.length}: the expert's decision was "${example.label === 'good' ? 'merge' : 'not merge'}". The expert's note, as data in quotation marks: ${quoted(example.why)}`,
    );
    for (const image of example.pictures) {
      say(`Example ${index + 1}, ${image.feature}: ${oneLine(image.caption)}`);
      say.parts.push({ kind: 'image', image });
    }
    if (example.numbers.some((pair) => pair.rows.length > 0)) say(numbersText(`Numbers of example ${index + 1}.`, example.numbers, false));
  }
  say('End of the examples.');
}

function tellGroup(say: Sayer, input: QuestionInput, guidanceOf: (feature: string) => string | undefined): void {
  const { labels, pictures } = input;
  const counts = labels.map((label, index) => `${label} has ${input.spikeCounts[index]} spikes`).join(', ');
  say(`The group to judge: units ${listed(labels)}. ${counts}, in a recording of ${durationText(input.durationS)}. Are they one neuron?`);
  for (const [index, image] of pictures.entries()) {
    const named = ({ feature, caption }: { readonly feature: string; readonly caption: string }) => {
      const guidance = guidanceOf(feature);
      return `feature "${feature}": ${oneLine(caption)}${guidance === undefined ? '' : ` ${guidance}`}`;
    };
    const head = `Picture ${index + 1} of ${pictures.length}, `;
    if (image.panels)
      say(`${head}a sheet of numbered pictures.\n${image.panels.map((panel, at) => `${at + 1}. ${named(panel)}`).join('\n')}`);
    else say(`${head}${named(image)}`);
    say.parts.push({ kind: 'image', image });
  }
  if (input.numbers.some((pair) => pair.rows.length > 0))
    say(numbersText(`Numbers, feature "numbers". ${guidanceOf('numbers') ?? ''}`.trim(), input.numbers, true));
}

function built(
  input: QuestionInput,
  system: string,
  parts: readonly QuestionPart[],
  expected: Expected,
  schema: Readonly<Record<string, unknown>>,
  schemaName: string,
  stableParts: number,
): BuiltQuestion {
  return {
    question: {
      system,
      parts,
      schema,
      schemaName,
      maxOutputTokens: input.maxOutputTokens ?? answerTokens,
      stableParts,
      temperature: input.temperature,
    },
    expected,
    text: parts
      .map((part) => (part.kind === 'text' ? part.text : `[picture ${part.image.feature}, sha256 ${part.image.sha256}]`))
      .join('\n\n'),
  };
}

function numbersText(heading: string, pairs: readonly PairNumbers[], withReading: boolean): string {
  const lines = [heading];
  for (const { labels, rows } of pairs) {
    lines.push(`${labels[0]} and ${labels[1]}:`);
    for (const row of rows) {
      const value =
        row.value === null || !Number.isFinite(row.value)
          ? "can't be said"
          : `${row.value.toFixed(row.digits)}${row.unit === '' ? '' : ` ${row.unit}`}`;
      lines.push(`- ${oneLine(row.title)}: ${value}${withReading && row.reading !== '' ? ` (${oneLine(row.reading)})` : ''}`);
    }
  }
  return lines.join('\n');
}

function durationText(durationS: number): string {
  return durationS >= 120 ? `${(durationS / 60).toFixed(1)} min` : `${durationS.toFixed(1)} s`;
}

function listed(labels: readonly string[]): string {
  return labels.length < 2 ? labels.join('') : `${labels.slice(0, -1).join(', ')} and ${labels.at(-1)}`;
}

/** Text from a file or a person, as a JSON string: it can't end its own quotation, and it stays on one line. */
function quoted(text: string): string {
  return JSON.stringify(oneLine(text).slice(0, 1000));
}

function oneLine(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must go
      .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/g, ' ')
      .replace(/ {2,}/g, ' ')
      .trim()
  );
}
