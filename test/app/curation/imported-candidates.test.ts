import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importCandidates, isFromElsewhere, leftOutWords, withoutNeedlessRows } from '../../../app/curation/imported-candidates.ts';

const units = [3, 12, 40, 'x 1'] as const;
const read = (text: string, leastScore?: number) => importCandidates(text, 'given', units, { leastScore });
const groupsOf = (text: string, leastScore?: number) => read(text, leastScore).groups.map((group) => group.units);

describe('candidates from elsewhere', () => {
  test('come from curation files of both versions', () => {
    const common = { unit_ids: units };
    expect(groupsOf(JSON.stringify({ ...common, format_version: '1', merge_unit_groups: [[40, 3]] }))).toEqual([[3, 40]]);
    expect(groupsOf(JSON.stringify({ ...common, format_version: '2', merges: [{ unit_ids: [12, 'x 1'] }] }))).toEqual([[12, 'x 1']]);
  });

  test('come from JSON groups and from a map of new to old ids', () => {
    expect(groupsOf('[[12, 3], [40, 12, 3]]')).toEqual([
      [3, 12],
      [3, 12, 40],
    ]);
    expect(groupsOf('{"77": [12, 3], "78": ["40"]}')).toEqual([[3, 12]]);
  });

  test('come from a match table: both directions once, the unit with itself and other recordings left out', () => {
    const table = [
      'ID1,ID2,RecSes 1,RecSes 2,UM Probabilities',
      '3,12,1,1,0.8',
      '12,3,1,1,0.9',
      '3,3,1,1,1.0',
      '3,99,1,2,0.99',
      '12.0,40.0,1,1,0.4',
    ].join('\n');
    expect(read(table)).toEqual({
      form: 'pairs',
      groups: [{ units: [3, 12], score: 0.9 }],
      scoreColumn: 'UM Probabilities',
      leastScore: 0.5,
      leftOut: { sameUnit: 1, acrossRecordings: 1, otherRecordings: 0, belowScore: 1 },
    });
    expect(groupsOf(table, 0.3)).toEqual([
      [3, 12],
      [12, 40],
    ]);
  });

  test('come from tables of spreadsheets: semicolons and decimal commas, tabs', () => {
    const table = 'ID1;ID2;UM probability\r\n0;1;0,85\r\n1;2;0,25\r\n';
    const taken = (text: string) => importCandidates(text, 'table.csv', [0, 1, 2]);
    expect(taken(table)).toMatchObject({ groups: [{ units: [0, 1], score: 0.85 }], leftOut: { belowScore: 1 } });
    expect(isFromElsewhere(table)).toBe(true);
    const shorter = withoutNeedlessRows(table);
    expect(shorter?.leftOut.belowScore).toBe(1);
    expect(taken(shorter?.text ?? '').groups).toEqual(taken(table).groups);
    expect(taken('unit1\tunit2\tscore\n0\t2\t0.5\n').groups).toMatchObject([{ units: [0, 2], score: 0.5 }]);
    expect(taken('unit1;unit2\n0;2\n').groups).toEqual([{ units: [0, 2], score: null }]);
    expect(isFromElsewhere('unit1;unit2\n0;2\n')).toBe(false);
  });

  test('come from a typed list, one group a line', () => {
    expect(groupsOf('# mine\n12 3\n40, 12; 3+40+12\n')).toEqual([
      [3, 12],
      [12, 40],
      [3, 12, 40],
    ]);
  });

  test('are refused with the place and the remedy', () => {
    expect(() => read('12 99')).toThrow(/given, group 1: .*99/);
    expect(() => read('12')).toThrow('two or more units');
    expect(() => read('12 12')).toThrow('named twice');
    expect(() => read('{"broken')).toThrow('can’t be read as JSON');
    expect(() => read('unit1,unit2\n12,3\n', 0.5)).toThrow('no column of scores');
    expect(() => read('unit1,unit2,score\n3,12,0.1\n', 0.5)).toThrow('no pair that can be taken');
    expect(() => read('unit1,unit2\n3,98\n')).toThrow('line 2');
  });
});

describe('files as other tools write them', () => {
  const file = (name: string) => readFileSync(join(import.meta.dirname, '../../fixtures/imports', name), 'utf8');
  const ofThisRecording = [3, 12, 40];

  test('a MatchTable.csv of UnitMatchPy over two recordings gives the pairs of the one that is open, with every score', () => {
    const text = file('unitmatch-python.MatchTable.csv');
    const found = importCandidates(text, 'MatchTable.csv', ofThisRecording);
    expect(found.groups).toEqual([
      { units: [3, 12], score: 0.93, scores: expect.objectContaining({ TotalScore: 0.851, amp_score: expect.any(Number) }) },
      { units: [12, 40], score: 0.62, scores: expect.objectContaining({ TotalScore: 0.634 }) },
    ]);
    expect(Object.keys(found.groups[0].scores ?? {})).toEqual([
      'TotalScore',
      'amp_score',
      'spatial_decay_score',
      'centroid_overlord_score',
      'centroid_dist',
      'waveform_score',
      'trajectory_score',
    ]);
    expect(found).toMatchObject({ form: 'pairs', scoreColumn: 'UM Probabilities', leastScore: 0.5 });
    expect(found.leftOut).toEqual({ sameUnit: 5, acrossRecordings: 12, otherRecordings: 2, belowScore: 3 });
    expect(leftOutWords(found.leftOut)).toBe(
      'Rows left out: 12 across recordings, 2 of other recordings, 5 of one unit with itself, 3 below the least score.',
    );
  });

  test('a match table says so where it is of no recording of this analyzer, or of more than one that it can be', () => {
    const text = file('unitmatch-python.MatchTable.csv');
    expect(() => importCandidates(text, 'MatchTable.csv', [3, 12])).toThrow('has not all units of any of them');
    expect(() => importCandidates(text, 'MatchTable.csv', [3, 12, 40, 77])).toThrow('the units of 1 and 2 are all in this analyzer');
  });

  test('a MatchTable.csv of UnitMatch in MATLAB gives its pairs in both orders once', () => {
    const found = importCandidates(file('unitmatch-matlab.MatchTable.csv'), 'MatchTable.csv', ['3', '12', '40', '77']);
    expect(found.groups.map(({ units, score }) => [units, score])).toEqual([
      [['3', '12'], 0.93],
      [['12', '40'], 0.62],
    ]);
    expect(found.scoreColumn).toBe('MatchProb');
    expect(Object.keys(found.groups[0].scores ?? {}).slice(0, 4)).toEqual([
      'RankScore',
      'FingerprintCor',
      'TotalScore',
      'EucledianDistance',
    ]);
    expect(found.leftOut).toMatchObject({ sameUnit: 4, acrossRecordings: 0, otherRecordings: 0 });
  });

  test('new2old.json and old2new.json of SLAy give its groups', () => {
    const groups = (name: string) => importCandidates(file(name), name, [3, 12, 40, 77]).groups.map(({ units }) => units);
    expect(groups('slay.new2old.json')).toEqual([
      [3, 12],
      [3, 40, 77],
    ]);
    expect(groups('slay.old2new.json')).toEqual([
      [3, 12],
      [40, 77],
    ]);
  });

  test('pairs named by phy’s cluster_id are taken', () => {
    const found = importCandidates('cluster_id1,cluster_id2,final_metric\n12,3,0.7\n', 'given', [3, 12]);
    expect(found).toMatchObject({ groups: [{ units: [3, 12], score: 0.7 }], scoreColumn: 'final_metric', leastScore: undefined });
  });

  test('a table that is too large to send loses only the rows that no import takes', () => {
    const text = file('unitmatch-python.MatchTable.csv');
    const whole = importCandidates(text, 'given', ofThisRecording);
    const narrowed = withoutNeedlessRows(text);
    if (!narrowed) throw new Error('It is a table of pairs.');
    expect(narrowed.text.length).toBeLessThan(text.length / 2);
    const found = importCandidates(narrowed.text, 'given', ofThisRecording);
    expect(found.groups).toEqual(whole.groups);
    for (const why of ['sameUnit', 'acrossRecordings', 'otherRecordings', 'belowScore'] as const)
      expect(found.leftOut[why] + narrowed.leftOut[why], why).toBe(whole.leftOut[why]);
    expect(withoutNeedlessRows('12 3')).toBeUndefined();
  });
});
