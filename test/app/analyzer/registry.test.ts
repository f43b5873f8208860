import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { parseCsvTable } from '../../../app/analyzer/csv-table.ts';
import { evenlySpread } from '../../../app/analyzer/evenly-spread.ts';
import { extensionById, knownExtensions } from '../../../app/analyzer/extensions/registry.ts';
import { snippetFor } from '../../../app/analyzer/snippet.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;

describe('known extensions', () => {
  const ids = knownExtensions.map((extension) => extension.id as string);

  test('are listed once, each after what it depends on, with a title', () => {
    expect(new Set(ids).size).toBe(ids.length);
    for (const [at, extension] of knownExtensions.entries()) {
      expect(extension.title).not.toBe('');
      expect(extension.requires.length).toBeGreaterThan(0);
      for (const needed of extension.dependsOn) {
        expect(ids.indexOf(needed)).toBeGreaterThanOrEqual(0);
        expect(ids.indexOf(needed)).toBeLessThan(at);
      }
    }
    expect(extensionById('no such extension')).toBeUndefined();
  });

  test.skipIf(!hasPython)('have a snippet that is Python, whatever the folder is called', () => {
    for (const { id } of knownExtensions) {
      const snippet = snippetFor(id, 'C:\\données\\"odd" folder');
      expect(snippet).toContain(`analyzer.compute("${id}")`);
      execFileSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], { input: snippet });
    }
  });

  test('have a snippet that first computes what is missing', () => {
    const lines = snippetFor('principal_components', '/data/a').split('\n');
    expect(lines.filter((line) => line.includes('.compute('))).toEqual([
      '    analyzer.compute("random_spikes")',
      '    analyzer.compute("waveforms")',
      'analyzer.compute("principal_components")',
    ]);
    expect(snippetFor('principal_components', '/data/a')).toContain('recording');
    expect(snippetFor('correlograms', '/data/a')).not.toContain('recording');
    expect(snippetFor('some_plugin', '/data/a')).toContain('analyzer.compute("some_plugin")');
  });
});

describe('tables as pandas writes them', () => {
  const parse = (text: string) => parseCsvTable(new TextEncoder().encode(text), 'metrics.csv');

  test('give numbers, gaps, flags and text, with quoted names and any line end', () => {
    const table = parse('unit,snr,"a ""b"", c",flag,label\r\n"D/4",1.5,,True,good\r\nétoile,-inf,2e-3,False,"x,\ny"\r\n');
    expect(table.index).toEqual(['D/4', 'étoile']);
    expect(table.columns).toEqual([
      { name: 'snr', values: Float64Array.of(1.5, Number.NEGATIVE_INFINITY) },
      { name: 'a "b", c', values: Float64Array.of(Number.NaN, 0.002) },
      { name: 'flag', values: Float64Array.of(1, 0) },
      { name: 'label', values: ['good', 'x,\ny'] },
    ]);
  });

  test('keep an empty last field, and do without units', () => {
    expect(parse(',a,b\n1,2,\n').columns[1].values).toEqual(Float64Array.of(Number.NaN));
    expect(parse(',a\n')).toMatchObject({ index: [], columns: [{ name: 'a', values: new Float64Array(0) }] });
  });

  test.each(['', ',a\n1\n', ',a\n1,2,3\n', ',a\n1,"2\n'])('that are broken (%j) name the file', (text) => {
    expect(() => parse(text)).toThrow(/^metrics\.csv .* Recompute it in SpikeInterface\.$/);
  });
});

test('an even spread keeps the ends and the number asked for', () => {
  expect([...evenlySpread(5, undefined)]).toEqual([0, 1, 2, 3, 4]);
  expect([...evenlySpread(5, 9)]).toEqual([0, 1, 2, 3, 4]);
  expect([...evenlySpread(10, 4)]).toEqual([0, 3, 6, 9]);
  expect([...evenlySpread(10, 1)]).toEqual([0]);
  expect([...evenlySpread(10, 0)]).toEqual([]);
  expect([...evenlySpread(0, 3)]).toEqual([]);
});
