import type { z } from 'zod';

/** One thing the window may ask for: what goes in, what comes out. */
export interface Call<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly input: Input;
  readonly output: Output;
  /** Who answers: the core, or the host that owns windows and dialogs (Electron shell or web host). */
  readonly by: 'core' | 'host';
}

/** A call answered by the core. */
export function call<Input extends z.ZodType, Output extends z.ZodType>(input: Input, output: Output) {
  return { input, output, by: 'core' as const };
}

/** A call answered by the host itself: dialogs, links, window. */
export function hostCall<Input extends z.ZodType, Output extends z.ZodType>(input: Input, output: Output) {
  return { input, output, by: 'host' as const };
}
