import { Failure } from '../failure.ts';
import { type CallName, calls } from './calls.ts';

export interface Admitted {
  readonly name: CallName;
  readonly by: 'core' | 'host';
  readonly input: unknown;
}

/**
 * The door every request from a window passes: an own name of the contract and an input of its shape, or a
 * `Failure` (`ipc.forbidden`, `ipc.invalid`) that names the field. What comes back is the parsed input only.
 */
export function admit(name: unknown, input: unknown): Admitted {
  if (typeof name !== 'string' || !Object.hasOwn(calls, name))
    throw new Failure('ipc.forbidden', 'The window asked for something that does not exist.');
  const { input: shape, by } = calls[name as CallName];
  const parsed = shape.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path.join('.') || 'input';
    throw new Failure('ipc.invalid', `The request "${name}" has an unusable field "${field}": ${issue?.message ?? 'wrong shape'}.`, {
      call: name,
      field,
    });
  }
  return { name: name as CallName, by, input: parsed.data };
}
