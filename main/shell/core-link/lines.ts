import type { Readable } from 'node:stream';

const longestLine = 4000;

/** Calls the listener for each line of a text stream; overlong lines are cut. */
export function eachLine(stream: Readable | null, listener: (line: string) => void): void {
  let rest = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = (lines.pop() ?? '').slice(-longestLine);
    for (const line of lines) if (line.trim()) listener(line.slice(0, longestLine));
  });
}
