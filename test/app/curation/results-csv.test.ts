import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../../app/curation/csv.ts';
import { type ResultRow, resultColumns, resultsCsv } from '../../../app/curation/results-csv.ts';

const verdict: NonNullable<ResultRow['verdict']> = {
  verdict: 'merge',
  confidence: 0.75,
  reasoning: '=HYPERLINK("http://x","merge")',
  features: [{ feature: 'waveform_single', finding: 'same shape, "clean"', supports: 'merge', severity: 'low' }],
  judge: 'anthropic',
  model: 'claude-x',
  promptId: 'merge',
  promptVersion: '1',
  promptHash: 'f'.repeat(64),
  inputTokens: 1200,
  outputTokens: 90,
  costUsd: null,
  latencyMs: 512.5,
  createdAt: '2026-11-23T08:00:00.000Z',
  pictures: [{ feature: 'waveform_single', sha256: 'a'.repeat(64) }],
};

function rowsOf(rows: ResultRow[]): Record<string, string>[] {
  const [header, ...lines] = parseCsv(resultsCsv(rows));
  return lines.map((line) => Object.fromEntries(header.map((name, at) => [name, line[at]])));
}

describe('the results table', () => {
  it('starts with the five columns of the tutorial', () => {
    expect(resultColumns.slice(0, 5)).toEqual(['group_id', 'merge_type', 'merge_units', 'reasoning', 'report']);
    expect(resultsCsv([])).toBe(`${resultColumns.join(',')}\r\n`);
  });

  it('writes unit ids as a list that JSON and Python read, keeping their type', () => {
    const table = rowsOf([
      { groupId: 0, units: [3, 41], decision: null, decidedAt: null, note: '', verdict: null },
      { groupId: 1, units: ['A1', 'it’s "b", étoile'], decision: null, decidedAt: null, note: '', verdict: null },
    ]);
    expect(table[0]['merge_units']).toBe('[3, 41]');
    expect(JSON.parse(table[1]['merge_units'])).toEqual(['A1', 'it’s "b", étoile']);
    expect(table[0]['merge_type']).toBe('');
  });

  it('gives the person’s word as merge_type and keeps the verdict beside it', () => {
    const [row] = rowsOf([
      { groupId: 7, units: [1, 2], decision: 'not merge', decidedAt: '2026-11-23T09:00:00.000Z', note: '+1 for amplitude', verdict },
    ]);
    expect(row).toMatchObject({
      group_id: '7',
      merge_type: 'not merge',
      decided_by: 'person',
      decision: 'not merge',
      verdict: 'merge',
      judge: 'anthropic',
      note: "'+1 for amplitude",
    });
  });

  it('gives the verdict as merge_type where nobody decided, with all that produced it', () => {
    const [row] = rowsOf([{ groupId: 7, units: [1, 2], decision: null, decidedAt: null, note: '', verdict }]);
    expect(row).toMatchObject({
      merge_type: 'merge',
      decided_by: 'anthropic',
      reasoning: `'${verdict.reasoning}`,
      report: '[waveform_single] same shape, "clean" (supports: merge, severity: low)',
      confidence: '0.75',
      prompt_hash: 'f'.repeat(64),
      cost_usd: '',
      latency_ms: '512.5',
      pictures: `waveform_single:${'a'.repeat(64)}`,
    });
  });
});
