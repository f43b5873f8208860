import { expect, test } from 'vitest';
import {
  counted,
  spokenCount,
  spokenDuration,
  spokenMs,
  spokenNumber,
  spokenRate,
  spokenTime,
  spokenUnits,
  spokenUsd,
} from '../../../renderer/parts/spoken.ts';

test('counts are grouped by thousands', () => {
  expect(spokenCount(0)).toBe('0');
  expect(spokenCount(1_234_567)).toBe('1,234,567');
});

test('numbers keep their digits, tiny ones become powers, and what can not be said is a dash', () => {
  expect(spokenNumber(0.98, 2)).toBe('0.98');
  expect(spokenNumber(-1.5, 1)).toBe('−1.5');
  expect([spokenNumber(2042, 0), spokenNumber(-12_345.67, 1), spokenNumber(-0.04, 1)]).toEqual(['2,042', '−12,345.7', '−4e−2']);
  expect(spokenNumber(1.3e-6, 2)).toBe('1e−6');
  expect(spokenNumber(0, 2)).toBe('0.00');
  expect(spokenNumber(null, 2)).toBe('–');
  expect(spokenNumber(Number.NaN, 2)).toBe('–');
  expect(spokenNumber(Number.NEGATIVE_INFINITY, 2)).toBe('−∞');
});

test('durations and rates carry their units', () => {
  expect(spokenDuration(9.96)).toBe('10.0 s');
  expect(spokenDuration(45)).toBe('45 s');
  expect(spokenDuration(120)).toBe('2 min');
  expect(spokenDuration(59.7)).toBe('1 min');
  expect(spokenDuration(83.2)).toBe('1 min 23 s');
  expect(spokenDuration(3_725)).toBe('1 h 2 min');
  expect(spokenMs(3.21)).toBe('3.2 ms');
  expect(spokenMs(3412)).toBe('3.4 s');
  expect(spokenRate(30_000)).toBe('30 kHz');
  expect(spokenRate(24_414.0625)).toBe('24.414 kHz');
});

test('a price that is not known is not nothing', () => {
  expect(spokenUsd(null)).toBe('not known');
  expect(spokenUsd(0)).toBe('$0');
  expect(spokenUsd(0.0012)).toBe('$0.0012');
  expect(spokenUsd(1.5)).toBe('$1.50');
});

test('times of today and yesterday say so', () => {
  const now = new Date(2026, 10, 23, 12, 0);
  expect(spokenTime(new Date(2026, 10, 23, 9, 5).toISOString(), now)).toBe('today 09:05');
  expect(spokenTime(new Date(2026, 10, 22, 23, 59).toISOString(), now)).toBe('yesterday 23:59');
  expect(spokenTime(new Date(2026, 8, 1, 8, 0).toISOString(), now)).toBe('1 Sept 2026 08:00');
  expect(spokenTime('not a time', now)).toBe('not a time');
});

test('one is not many', () => {
  expect(counted(1, 'group')).toBe('1 group');
  expect(counted(2, 'group')).toBe('2 groups');
  expect(spokenUnits([12, '12', 'a b'])).toBe('12 · 12 · a b');
});
