import { describe, expect, it } from 'vitest';
import type { VerdictWord } from '../../../app/contract/verdict.ts';
import type { DecidedGroup } from '../../../app/curation/decided-group.ts';
import { mergePlan, requireChoices } from '../../../app/curation/plan.ts';

const unitIds = [10, 11, 12, 13, 14, 15];

function group(units: number[], said: { person?: VerdictWord; judge?: VerdictWord; cells?: number[][]; why?: string }): DecidedGroup {
  return {
    units,
    decision: said.person ?? null,
    note: said.why ?? '',
    verdict:
      said.judge === undefined
        ? null
        : { judge: 'openai', model: 'gpt-x', verdict: said.judge, reasoning: said.why ?? '', ...(said.cells && { cells: said.cells }) },
  };
}

describe('the merge plan', () => {
  it('joins accepted pairs and gives the ids SpikeInterface would give', () => {
    const plan = mergePlan(
      unitIds,
      [group([13, 12], { person: 'merge' }), group([10, 11], { person: 'merge' }), group([12, 15], { person: 'merge' })],
      {
        source: 'review',
      },
    );
    expect(plan.merges).toEqual([
      { units: [10, 11], newUnitId: 16, from: [[10, 11]] },
      {
        units: [12, 13, 15],
        newUnitId: 17,
        from: [
          [12, 13],
          [12, 15],
        ],
      },
    ]);
    expect(plan).toMatchObject({ conflicts: [], unitCountBefore: 6, unitCountAfter: 3, warnings: [] });
  });

  it('gives ids by the strategy, and the given one where a merge is named by its units in any order', () => {
    const groups = [group([10, 11], { person: 'merge' }), group([12, 13], { person: 'merge' })];
    const first = mergePlan(unitIds, groups, { source: 'review', newIdStrategy: 'take_first' });
    expect(first.merges.map(({ newUnitId }) => newUnitId)).toEqual([10, 12]);
    const given = mergePlan(unitIds, groups, { source: 'review', newUnitIds: [{ units: [13, 12], newUnitId: 99 }] });
    expect(given.merges.map(({ newUnitId }) => newUnitId)).toEqual([16, 99]);
    expect(() => mergePlan(unitIds, groups, { source: 'review', newUnitIds: [{ units: [12, 13], newUnitId: 14 }] })).toThrow(
      /belongs to a unit outside/,
    );
  });

  it('takes only a person’s word for the review, and the judge’s where nobody decided for the verdicts', () => {
    const groups = [
      group([10, 11], { judge: 'merge' }),
      group([12, 13], { judge: 'merge', person: 'unsure' }),
      group([14, 15], { judge: 'unsure', person: 'merge' }),
    ];
    expect(mergePlan(unitIds, groups, { source: 'review' }).merges.map((merge) => merge.units)).toEqual([[14, 15]]);
    expect(mergePlan(unitIds, groups, { source: 'verdicts' }).merges.map((merge) => merge.units)).toEqual([
      [10, 11],
      [14, 15],
    ]);
  });

  it('holds back a chain across a pair that a person refused, and says so', () => {
    const groups = [
      group([10, 11], { person: 'merge' }),
      group([11, 12], { person: 'merge' }),
      group([10, 12], { person: 'not merge', why: 'two shapes' }),
      group([13, 14], { person: 'merge' }),
    ];
    const plan = mergePlan(unitIds, groups, { source: 'review' });
    expect(plan.conflicts).toEqual([{ units: [10, 11, 12], refused: [{ units: [10, 12], by: 'you', reasoning: 'two shapes' }] }]);
    expect(plan.merges).toEqual([{ units: [13, 14], newUnitId: 16, from: [[13, 14]] }]);
    expect(plan.unitCountAfter).toBe(5);
    expect(plan.warnings).toEqual(['One group holds a refused pair and stays apart until you choose.']);
    expect(() => requireChoices(plan, [])).toThrow(/Units 10, 11, 12 were joined.*you refused 10 \+ 12/);
  });

  it('merges or leaves a conflict apart once chosen, whatever the order of its units', () => {
    const groups = [group([10, 11], { person: 'merge' }), group([11, 12], { person: 'merge' }), group([10, 12], { judge: 'not merge' })];
    const choose = (choice: 'merge' | 'apart') =>
      mergePlan(unitIds, groups, { source: 'review', choices: [{ units: [12, 10, 11], choice }] });
    expect(choose('merge').merges).toEqual([
      {
        units: [10, 11, 12],
        newUnitId: 16,
        from: [
          [10, 11],
          [11, 12],
        ],
      },
    ]);
    expect(choose('apart')).toMatchObject({
      merges: [],
      unitCountAfter: 6,
      warnings: ['Every accepted group was left apart, so there is nothing to merge.'],
    });
    expect(() => requireChoices(choose('apart'), [{ units: [12, 11, 10], choice: 'apart' }])).not.toThrow();
  });

  it.each([
    ['a judge’s refusal of a pair nobody accepted', [group([10, 12], { judge: 'not merge' })], 1],
    ['a judge’s refusal that a person overruled', [group([10, 12], { judge: 'not merge', person: 'merge' })], 0],
    [
      'a judge’s refusal of a pair inside a group a person accepted',
      [group([10, 12], { judge: 'not merge' }), group([10, 11, 12], { person: 'merge' })],
      0,
    ],
    ['a judge’s refusal beside a person’s unsure', [group([10, 12], { judge: 'not merge', person: 'unsure' })], 1],
    [
      'a person’s refusal inside a group they accepted',
      [group([10, 12], { person: 'not merge' }), group([10, 11, 12], { person: 'merge' })],
      1,
    ],
    ['unsure', [group([10, 12], { judge: 'unsure' })], 0],
    ['a refused group with a unit that was not joined', [group([10, 12, 15], { person: 'not merge' })], 0],
    ['a refused group that was joined whole', [group([10, 11, 12], { person: 'not merge' })], 1],
  ])('%s', (_, said, conflicts) => {
    const chain = [group([10, 11], { person: 'merge' }), group([11, 12], { person: 'merge' })];
    expect(mergePlan(unitIds, [...chain, ...said], { source: 'review' }).conflicts).toHaveLength(conflicts);
  });

  it('takes the cells of a verdict on three units: joins within, refuses across', () => {
    const groups = [group([10, 11, 12], { judge: 'merge', cells: [[10, 11], [12]] })];
    expect(mergePlan(unitIds, groups, { source: 'verdicts' }).merges.map((merge) => merge.units)).toEqual([[10, 11]]);
    const joined = [...groups, group([11, 12], { judge: 'merge' })];
    expect(mergePlan(unitIds, joined, { source: 'verdicts' }).conflicts[0].refused.map((refusal) => refusal.units)).toEqual([
      [10, 12],
      [11, 12],
    ]);
  });

  it('says that there is nothing to merge', () => {
    expect(mergePlan(unitIds, [], { source: 'review' })).toEqual({
      merges: [],
      conflicts: [],
      unitCountBefore: 6,
      unitCountAfter: 6,
      warnings: ['No group is accepted, so there is nothing to merge.'],
    });
  });
});
