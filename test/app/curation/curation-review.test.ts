import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readCurationReview, reviewDecision, writeCurationReview } from '../../../app/curation/curation-review.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
/** phy's key of a proposal: SHA-256 of the ids, joined by commas. */
const keyOf = (...ids: number[]) => `merge:${hash(ids.join(',')).slice(0, 16)}`;

const proposals = [
  { units: [41, 56], decision: 'accepted', appliedUnits: [41, 56], resultUnitId: 1001 },
  { units: [56, 72], decision: 'accepted', appliedUnits: [56, 72, 80], resultUnitId: 1002 },
  { units: [3, 4], decision: 'rejected' },
  { units: [5, 6], decision: undefined },
] as const;

describe('a curation review', () => {
  it('is written as phy writes it: keys of the ordered ids, no entry for what is pending', () => {
    const text = writeCurationReview({ proposals, curationText: '{}', hash });
    expect(JSON.parse(text)).toEqual({
      format_version: '1',
      source: { filename: 'curation.json', sha256: hash('{}') },
      reviews: {
        [keyOf(41, 56)]: { decision: 'accepted', applied_unit_ids: [41, 56], result_unit_id: 1001 },
        [keyOf(56, 72)]: { decision: 'accepted', applied_unit_ids: [56, 72, 80], result_unit_id: 1002 },
        [keyOf(3, 4)]: { decision: 'rejected' },
      },
    });
  });

  it('comes back as it was written', () => {
    const text = writeCurationReview({ proposals, curationText: '{}', hash });
    const read = readCurationReview(text, 'curation_review.json', proposals, hash);
    expect(read).toEqual({ proposals, orphaned: 0, orphanedMerges: [] });
  });

  it('forgives what phy never stores: derived words, extra fields, a number as version', () => {
    const reviews = {
      [keyOf(41, 56)]: { decision: 'accepted_modified', applied_unit_ids: [41, 57], result_unit_id: 9, note: 'x' },
      [keyOf(3, 4)]: { decision: 'stale' },
      [keyOf(5, 6)]: {},
    };
    const text = JSON.stringify({ format_version: 1, reviews, more: true });
    const { proposals: read } = readCurationReview(text, 'r.json', proposals, hash);
    expect(read.map(({ decision }) => decision)).toEqual(['accepted', undefined, undefined, undefined]);
    expect(read[0].appliedUnits).toEqual([41, 57]);
  });

  it('keeps merges of proposals that the curation file no longer lists', () => {
    const text = writeCurationReview({ proposals, curationText: '{}', hash });
    const read = readCurationReview(text, 'r.json', [{ units: [3, 4] }], hash);
    expect(read).toMatchObject({
      orphaned: 2,
      orphanedMerges: [
        [41, 56],
        [56, 72, 80],
      ],
    });
  });

  it('names the file and the field where it is none', () => {
    expect(() => readCurationReview('{"format_version": "2", "reviews": {}}', 'r.json', [], hash)).toThrow(/r\.json: format_version/);
    expect(() => readCurationReview('[', 'r.json', [], hash)).toThrow(/r\.json is not JSON/);
  });

  it('refuses text ids, which phy does not know', () => {
    const texts = [{ units: ['a', 'b'], decision: 'rejected' }] as const;
    expect(() => writeCurationReview({ proposals: texts, curationText: '{}', hash })).toThrow(/phy numbers its clusters/);
  });

  it('leaves unsure pending', () => {
    expect(['merge', 'not merge', 'unsure', null].map((word) => reviewDecision(word as never))).toEqual([
      'accepted',
      'rejected',
      undefined,
      undefined,
    ]);
  });
});
