import { Failure } from '../failure.ts';

/** The value of a JSON file that a person gave, with or without a byte order mark; throws `input.invalid` in these words where it is none. */
export function givenJson(text: string, message: string, details: Record<string, string>): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new Failure('input.invalid', message, details, error);
  }
}
