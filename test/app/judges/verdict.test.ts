import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Expected, parseVerdict, repairQuestion, verdictJsonSchema } from '../../../app/judges/verdict.ts';
import { fittingVerdict } from '../../fixtures/servers/provider-server.ts';
import { sampleQuestion } from './sample-question.ts';

const pair: Expected = { features: ['waveform_single', 'crosscorrelograms', 'numbers'], labels: ['A', 'B'] };
const three: Expected = { features: ['waveform_single'], labels: ['A', 'B', 'C'] };
const good = (expected: Expected = pair) => fittingVerdict(verdictJsonSchema(expected)) as Record<string, unknown>;
const problemOf = (answer: unknown, expected: Expected = pair) => {
  const parsed = parseVerdict(typeof answer === 'string' ? answer : JSON.stringify(answer), expected);
  return parsed.ok ? undefined : parsed.problem;
};

describe('reading a verdict', () => {
  it('takes a complete answer and puts the findings into the order shown', () => {
    const answer = good();
    (answer['features'] as unknown[]).reverse();
    const parsed = parseVerdict(JSON.stringify(answer), pair);
    expect(parsed).toMatchObject({ ok: true, verdict: { verdict: 'merge', confidence: 0.9 } });
    if (parsed.ok) expect(parsed.verdict.features.map((one) => one.feature)).toEqual(pair.features);
    if (parsed.ok) expect(parsed.verdict.cells).toBeUndefined();
  });

  it.each([
    ['a code fence', (json: string) => `\`\`\`json\n${json}\n\`\`\``],
    ['words around it', (json: string) => `Let me {think} about "A" and "B".\n\n${json}\n\nI hope this helps! {}`],
    ['the same answer twice', (json: string) => `${json}\n${json}`],
    ['a byte order mark and blanks', (json: string) => `\ufeff  ${json}  `],
    ['an object in front of it', (json: string) => `{"thinking": "hm"} ${json}`],
  ])('forgives %s', (_, dress) => {
    expect(parseVerdict(dress(JSON.stringify(good())), pair).ok).toBe(true);
  });

  it.each([
    ['0.85', 0.85],
    ['85%', 0.85],
    [' 7 % ', 0.07],
    ['.5', 0.5],
    ['1', 1],
  ])('reads a confidence of %j', (confidence, share) => {
    const parsed = parseVerdict(JSON.stringify({ ...good(), confidence }), pair);
    expect(parsed.ok && parsed.verdict.confidence).toBe(share);
  });

  it('forgives the case of every word, and what was thought aloud before the answer', () => {
    const { features } = good() as { features: Record<string, unknown>[] };
    const loud = { ...good(), features: features.map((one) => ({ ...one, supports: 'Neither', severity: 'HIGH' })) };
    const thought = `<think>First I thought ${JSON.stringify({ ...good(), verdict: 'not merge' })}.</think>\n${JSON.stringify(loud)}`;
    const parsed = parseVerdict(thought, pair);
    expect(parsed).toMatchObject({
      ok: true,
      verdict: { verdict: 'merge', features: [{ supports: 'neither', severity: 'high' }, {}, {}] },
    });
    // Inside the answer the same sign is a word like any other.
    expect(parseVerdict(JSON.stringify({ ...good(), reasoning: 'I saw </think> in it.' }), pair).ok).toBe(true);
  });

  it.each(['merge', 'Merge', 'NOT_MERGE', 'not-merge', ' not  merge ', 'Unsure'])('forgives the spelling %j', (word) => {
    expect(problemOf({ ...good(), verdict: word })).toBeUndefined();
  });

  it.each([
    ['nothing', '', 'empty'],
    ['prose', 'I would merge these two.', 'no JSON object'],
    ['half a JSON', JSON.stringify(good()).slice(0, -20), 'no JSON object'],
    ['a list', '[{"a": 1}]', 'no JSON object'],
    ['two different verdicts', `${JSON.stringify(good())} ${JSON.stringify({ ...good(), verdict: 'unsure' })}`, 'more than one'],
    ['a sentence as the verdict', { ...good(), verdict: 'The verdict is merge' }, '"verdict" must be'],
    ['no verdict', { ...good(), verdict: null }, '"verdict" must be'],
    ['a confidence in percent', { ...good(), confidence: 90 }, '"confidence"'],
    ['a percentage without its sign, as text', { ...good(), confidence: '90' }, '"confidence"'],
    ['a confidence in words', { ...good(), confidence: 'high' }, '"confidence"'],
    ['more than all', { ...good(), confidence: '110 %' }, '"confidence"'],
    ['an answer nested beyond measure', `{"verdict":"merge","x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, '"confidence"'],
    ['a verdict that was only thought of', `<think>${JSON.stringify(good())}</think>`, 'no JSON object'],
    ['a negative confidence', { ...good(), confidence: -0.1 }, '"confidence"'],
    ['no reasoning', { ...good(), reasoning: ' ' }, '"reasoning"'],
    ['no findings', { ...good(), features: undefined }, '"features" must be'],
    ['an empty list of findings', { ...good(), features: [] }, 'no finding about "waveform_single", "crosscorrelograms", "numbers"'],
  ])('refuses %s', (_, answer, words) => {
    expect(problemOf(answer)).toContain(words);
  });

  it('never makes a merge out of a missing or empty finding', () => {
    for (let at = 0; at < pair.features.length; at++) {
      for (const finding of [undefined, '', '  \n', null, 7]) {
        const answer = good();
        const features = answer['features'] as Record<string, unknown>[];
        features[at] = { ...features[at], finding };
        expect(problemOf(answer)).toContain(`"${pair.features[at]}" is empty`);
      }
      const answer = good();
      (answer['features'] as unknown[]).splice(at, 1);
      expect(problemOf(answer)).toContain(`"${pair.features[at]}"`);
    }
  });

  it('refuses a finding about what was not shown, and two about one thing', () => {
    const answer = good();
    const features = answer['features'] as Record<string, unknown>[];
    expect(problemOf({ ...answer, features: [...features, { ...features[0], feature: 'spike_locations' }] })).toContain('was not shown');
    expect(problemOf({ ...answer, features: [...features, features[0]] })).toContain('two findings');
    expect(problemOf({ ...answer, features: [{ ...features[0], supports: 'unsure' }, ...features.slice(1)] })).toContain('"supports"');
    expect(problemOf({ ...answer, features: [{ ...features[0], severity: 'huge' }, ...features.slice(1)] })).toContain('"severity"');
  });

  it('wants cells that hold every letter once and agree with the verdict', () => {
    const parsed = parseVerdict(JSON.stringify({ ...good(three), verdict: 'not merge', cells: [['A', 'C'], ['B']] }), three);
    expect(parsed).toMatchObject({ ok: true, verdict: { cells: [['A', 'C'], ['B']] } });
    expect(problemOf({ ...good(three), cells: undefined }, three)).toContain('"cells" must be a list');
    expect(problemOf({ ...good(three), cells: [['A', 'B']] }, three)).toContain('each of A, B, C');
    expect(problemOf({ ...good(three), cells: [['A', 'B', 'C', 'A']] }, three)).toContain('each of A, B, C');
    expect(problemOf({ ...good(three), cells: [['A', 'A', 'B']] }, three)).toContain('each of A, B, C');
    expect(problemOf({ ...good(three), cells: [['A', 'B'], ['C']] }, three)).toContain('more than one neuron');
    expect(problemOf({ ...good(three), verdict: 'not merge' }, three)).toContain('shows one neuron');
  });

  it('survives anything, quickly', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((text) => `{"verdict": ${text}`),
        ),
        (text) => {
          const parsed = parseVerdict(text, pair);
          expect(parsed.ok).toBe(false);
        },
      ),
    );
    const started = performance.now();
    expect(problemOf('{"a":'.repeat(39_000))).toBeDefined();
    expect(problemOf('{'.repeat(199_000))).toBeDefined();
    expect(problemOf('x'.repeat(300_000))).toContain('too long');
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('the schema of the answer', () => {
  it('stays within what all providers hold a model to', () => {
    for (const expected of [pair, three]) {
      walk(verdictJsonSchema(expected), (node) => {
        expect(['object', 'array', 'string', 'number']).toContain(node['type']);
        for (const name of Object.keys(node))
          expect(['type', 'description', 'enum', 'items', 'properties', 'required', 'additionalProperties']).toContain(name);
        if (node['type'] === 'object') {
          expect(node['additionalProperties']).toBe(false);
          expect(node['required']).toEqual(Object.keys(node['properties'] as object));
        }
      });
    }
    expect(Object.keys(verdictJsonSchema(pair)['properties'] as object)).not.toContain('cells');
  });

  it('gives no default that an answer could fall back to', () => {
    expect(JSON.stringify(verdictJsonSchema(three))).not.toContain('default');
  });
});

describe('the repair', () => {
  it('repeats the whole question with the problem and the answer as data', () => {
    const { question } = sampleQuestion();
    const repaired = repairQuestion(question, `Sure! "quoted" ${'x'.repeat(9000)}`, 'There is no finding about "numbers".');
    expect(repaired.parts.slice(0, -1)).toEqual(question.parts);
    const last = repaired.parts.at(-1);
    if (last?.kind !== 'text') throw new Error('The last part is no text.');
    expect(last.text).toContain('There is no finding about "numbers".');
    expect(last.text).toContain('Sure! \\"quoted\\"');
    expect(last.text.length).toBeLessThan(4600);
  });
});

function walk(node: Record<string, unknown>, visit: (node: Record<string, unknown>) => void): void {
  visit(node);
  if (node['items']) walk(node['items'] as Record<string, unknown>, visit);
  for (const one of Object.values((node['properties'] ?? {}) as Record<string, Record<string, unknown>>)) walk(one, visit);
}
