import { Failure } from '../../failure.ts';

type Params = Readonly<Record<string, unknown>>;

/** A finite number among an extension's parameters. Throws `analyzer.damaged`. */
export function finiteNumber(params: Params, name: string): number {
  const value = params[name];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw unusable(name);
}

/** The same, above zero. */
export function positiveNumber(params: Params, name: string): number {
  const value = finiteNumber(params, name);
  if (value > 0) return value;
  throw unusable(name);
}

export function unusable(name: string): Failure {
  return new Failure('analyzer.damaged', `params.json has no usable ${name}. Recompute the extension.`, { field: name });
}
