import { describe, expect, it } from 'vitest';
import { applyScript } from '../../../app/curation/apply-script.ts';

const request = {
  sourcePath: '../splits',
  targetPath: '../again',
  merges: [{ units: [0, 38], newUnitId: 44 }],
  sparsityOverlap: 0,
  censorMs: undefined,
  format: 'binary_folder',
} as const;

describe('the script', () => {
  it('writes ids as literals of their own type', () => {
    expect(applyScript(request)).toContain('groups = [\n    [0, 38],\n]\nnew_unit_ids = [44]\n');
    const texts = applyScript({ ...request, merges: [{ units: ['0', 'étoile', 'a"b\\'], newUnitId: '😀' }] });
    expect(texts).toContain(String.raw`["0", "\u00e9toile", "a\"b\\"],`);
    expect(texts).toContain(String.raw`new_unit_ids = ["\U0001f600"]`);
  });

  it('hands over overlap, censoring and format', () => {
    expect(applyScript(request)).toMatch(/censor_ms=None,.*sparsity_overlap=0,.*format="binary_folder"/s);
    const other = applyScript({ ...request, censorMs: 0.5, sparsityOverlap: 0.75, format: 'zarr' });
    expect(other).toMatch(/censor_ms=0\.5,.*sparsity_overlap=0\.75,.*format="zarr"/s);
  });
});
