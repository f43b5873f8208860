import type { StepFinding } from './step.ts';

type Measured = Omit<StepFinding, 'passes'>;

/** A finding that passes where the value stands to the limit as it must; a value that is no number does not, unless said so. */
export function finding(measured: Measured, nanPasses = false): StepFinding {
  return { ...measured, passes: Number.isNaN(measured.value) ? nanPasses : stands(measured) };
}

/** The same measurement of both units of a pair. */
export function findingsOfUnits(
  values: ArrayLike<number>,
  pair: { readonly first: number; readonly second: number },
  measured: Omit<Measured, 'of' | 'value'>,
  nanPasses = false,
): StepFinding[] {
  return (['first', 'second'] as const).map((of) => finding({ ...measured, of, value: values[pair[of]] }, nanPasses));
}

function stands({ value, must, limit }: Measured): boolean {
  switch (must) {
    case 'be at least':
      return value >= limit;
    case 'be at most':
      return value <= limit;
    case 'be above':
      return value > limit;
    case 'be below':
      return value < limit;
    default:
      return must satisfies never;
  }
}
