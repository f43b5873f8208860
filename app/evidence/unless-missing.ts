import { isFailure } from '../failure.ts';

/** What is read, or `undefined` where what it needs is missing or damaged. */
export async function unlessMissing<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isFailure(error, 'analyzer.missingExtension', 'analyzer.damaged', 'analyzer.missingFile', 'analyzer.refused')) return undefined;
    throw error;
  }
}
