import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { writeCurationJson } from '../../../app/curation/curation-json.ts';
import { type ReviewedProposal, writeCurationReview } from '../../../app/curation/curation-review.ts';
import { importReview, isCurationReview } from '../../../app/curation/imported-review.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const unitIds = [1, 2, 3, 4, 5, 6, 7];

function written(proposals: ReviewedProposal[]) {
  const curation = writeCurationJson({ unitIds, merges: proposals.map(({ units }) => ({ units })) });
  return { curation, text: writeCurationReview({ proposals, curationText: curation, hash }) };
}

const { curation, text } = written([
  { units: [2, 1], decision: 'accepted', appliedUnits: [2, 1], resultUnitId: 8 },
  { units: [3, 4], decision: 'rejected' },
  { units: [5, 6], decision: undefined },
  { units: [6, 7], decision: 'accepted', appliedUnits: [5, 6, 7], resultUnitId: 9 },
]);
const source = { text, name: 'curation_review.json', unitIds, hash, known: [] };

test('proposals and decisions of phy become groups in unit order; one that was changed first is both groups', () => {
  expect(importReview({ ...source, curation })).toEqual({
    groups: [
      { units: [1, 2], decision: 'merge' },
      { units: [3, 4], decision: 'not merge' },
      { units: [5, 6], decision: undefined },
      { units: [5, 6, 7], decision: 'merge' },
      { units: [6, 7], decision: undefined },
    ],
    leftOutCount: 0,
  });
});

test('without the curation file decisions are found for groups that are known here, and merges say what they merged', () => {
  expect(
    importReview({
      ...source,
      curation: undefined,
      known: [
        [3, 4],
        [1, 7],
      ],
    }),
  ).toEqual({
    groups: [
      { units: [3, 4], decision: 'not merge' },
      { units: [1, 2], decision: 'merge' },
      { units: [5, 6, 7], decision: 'merge' },
    ],
    leftOutCount: 0,
  });
});

test('a review that can’t be matched asks for the curation file beside it', () => {
  const rejected = written([{ units: [3, 4], decision: 'rejected' }]);
  expect(() => importReview({ ...source, text: rejected.text, curation: undefined })).toThrow('Choose the curation.json beside it too.');
  const pending = written([]);
  expect(() => importReview({ ...source, text: pending.text, curation: undefined })).toThrow('decides nothing');
});

test('ids that an analyzer has as text are found by their number; unknown ones are refused by name', () => {
  const texts = importReview({ ...source, curation, unitIds: unitIds.map(String) });
  expect(texts.groups[0]).toEqual({ units: ['1', '2'], decision: 'merge' });
  expect(() => importReview({ ...source, curation, unitIds: [1, 2, 3] })).toThrow(/curation_review\.json: .*4/);
});

test('only phy’s review is taken for one', () => {
  expect(isCurationReview(text)).toBe(true);
  expect(isCurationReview(curation)).toBe(false);
  expect(isCurationReview('1 2\n3 4')).toBe(false);
  expect(() => importReview({ ...source, text: '{"format_version": "9", "reviews": {}}', curation })).toThrow('curation_review.json');
});
