import { expect, test } from 'vitest';
import { fuzzAnalyzers } from '../../fuzz/fuzz-analyzers.ts';

test('a spoilt analyzer gives values or a sentence that names the file: no crash, no hang, no giant allocation', async () => {
  const report = await fuzzAnalyzers(300, 20_260_000);
  expect(report.complaints).toEqual([]);
  expect(report.sound).toBeGreaterThan(50);
  expect(report.failures).toBeGreaterThan(50);
}, 60_000);
