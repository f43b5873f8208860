import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCurationJson, writeCurationJson } from '../../../app/curation/curation-json.ts';

describe('the curation file', () => {
  it.each(['splits', 'tutorial', 'multisegment'])('of SpikeInterface for %s is read and comes back the same', (name) => {
    const text = readFileSync(`test/fixtures/expected/${name}.curation.json`, 'utf8');
    const curation = readCurationJson(text, `${name}.curation.json`);
    expect(curation.merges.length).toBeGreaterThan(0);
    expect(curation.removed.length).toBe(1);
    expect(JSON.parse(writeCurationJson(curation))).toEqual(JSON.parse(text));
  });

  it('is read in format 1', () => {
    const text = JSON.stringify({
      format_version: '1',
      unit_ids: [1, 2, 3, 4],
      label_definitions: { quality: { label_options: ['good', 'noise'], exclusive: true } },
      manual_labels: [{ unit_id: 1, quality: ['good'] }],
      merge_unit_groups: [[1, 2]],
      removed_units: [4],
    });
    expect(readCurationJson(text, 'c.json')).toEqual({
      unitIds: [1, 2, 3, 4],
      labelDefinitions: { quality: { labelOptions: ['good', 'noise'], exclusive: true } },
      manualLabels: [{ unitId: 1, labels: { quality: ['good'] } }],
      removed: [4],
      merges: [{ units: [1, 2] }],
      splits: [],
    });
  });

  it('is read with merges as lists and as new id to group, keeping the type of ids', () => {
    const file = (merges: unknown, unit_ids: unknown[]) => JSON.stringify({ format_version: '2', unit_ids, merges });
    expect(readCurationJson(file([[1, 2]], [1, 2]), 'c').merges).toEqual([{ units: [1, 2] }]);
    expect(readCurationJson(file({ 9: [1, 2] }, [1, 2]), 'c').merges).toEqual([{ units: [1, 2], newUnitId: 9 }]);
    expect(readCurationJson(file({ 9: ['1', '2'] }, ['1', '2']), 'c').merges).toEqual([{ units: ['1', '2'], newUnitId: '9' }]);
  });

  it('is written with explicit new ids and nothing else changed', () => {
    expect(JSON.parse(writeCurationJson({ unitIds: ['a', 'b'], merges: [{ units: ['a', 'b'], newUnitId: 'merge0' }] }))).toEqual({
      supported_versions: ['1', '2'],
      format_version: '2',
      unit_ids: ['a', 'b'],
      label_definitions: {},
      manual_labels: [],
      removed: [],
      merges: [{ unit_ids: ['a', 'b'], new_unit_id: 'merge0' }],
      splits: [],
    });
  });

  it.each([
    ['nonsense', /c\.json is not JSON/],
    ['{"format_version": 2, "unit_ids": []}', /format_version is 2\. Samecell reads "1" and "2"/],
    ['{"unit_ids": []}', /format_version is missing/],
    ['{"format_version": "2"}', /unit_ids is not as/],
    ['{"format_version": "2", "unit_ids": [1, 2], "merges": [[1]]}', /merges\[0\] has fewer than two/],
    ['{"format_version": "2", "unit_ids": [1, 2], "merges": [[1, 3]]}', /merges\[0\] names unit 3/],
    ['{"format_version": "2", "unit_ids": [1, 2, 3], "merges": [[1, 2], [2, 3]]}', /merges\[1\] has unit 2, which is in another merge/],
    ['{"format_version": "2", "unit_ids": [1, 2, 3], "merges": [[1, 2]], "removed": [2]}', /removed has unit 2, which is merged too/],
  ])('%s fails with one sentence', (text, message) => {
    expect(() => readCurationJson(text, 'c.json')).toThrow(
      expect.objectContaining({ kind: 'input.invalid', message: expect.stringMatching(message) }),
    );
  });
});
