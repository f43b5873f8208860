import type { Answer } from '../../../app/contract/calls.ts';

type WhyNot = Answer<'candidates.whyNot'>;
type Finding = WhyNot['steps'][number]['findings'][number];

/** Four significant digits, so that a value and its limit can be told apart. */
export function shortNumber(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const text = Number(value.toPrecision(4));
  return (Math.abs(text) < 1e-4 ? text.toExponential() : String(text)).replaceAll('-', '−');
}

function withUnit(value: number, unit: string): string {
  return unit === '' ? shortNumber(value) : `${shortNumber(value)} ${unit}`;
}

/** "template difference 0.31, must be below 0.25 (template_diff_thresh)". */
export function findingWords(finding: Finding, units: WhyNot['units']): string {
  const whose = finding.of === undefined ? '' : ` of unit ${String(units[finding.of === 'first' ? 0 : 1])}:`;
  const value = finding.value === null ? 'can’t be said' : withUnit(finding.value, finding.unit);
  const parameter = finding.parameter === undefined ? '' : ` (${finding.parameter})`;
  return `${finding.what}${whose} ${value}, must ${finding.must} ${withUnit(finding.limit, finding.unit)}${parameter}`;
}

/** The answer in one or two sentences. */
export function whyNotSentence(answer: WhyNot): string {
  const pair = answer.units.map(String).join(' and ');
  if (answer.isPair) return `${pair} are a candidate: they passed every step.`;
  const step = answer.steps.find(({ outcome }) => outcome === 'dropped');
  const failed = step?.findings.filter(({ passes }) => !passes) ?? [];
  const why = failed.map((finding) => findingWords(finding, answer.units)).join('; ');
  const dropped = `${pair} were dropped by ${step?.id ?? 'a step'}${why === '' ? '' : `: ${why}`}.`;
  return answer.isJoined ? `${dropped} They are in one group all the same, joined over another unit (resolve_graph).` : dropped;
}
