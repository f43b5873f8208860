import { fstatSync, writeSync } from 'node:fs';

/** `out` is for the result, `error` for everything else. */
export type Stream = 'out' | 'error';

const descriptors = { out: 1, error: 2 } as const;
/** Whoever read them has gone (`samecell … | head`). */
const left = new Set<Stream>();
/** They took no more at once: Node's own stream has what follows. */
const slow = new Set<Stream>();

/** Prints at once, without Node's streams: those take longer to load than a short command runs. */
export function print(stream: Stream, text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length && !left.has(stream)) {
    if (slow.has(stream)) {
      streamOf(stream).write(bytes.subarray(written));
      return;
    }
    try {
      written += writeSync(descriptors[stream], bytes, written);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') goOnSlowly(stream);
      else leaveAlone(stream, error);
    }
  }
}

/** Resolves once everything printed has been taken. */
export async function printed(): Promise<void> {
  for (const stream of slow) if (!left.has(stream)) await new Promise((done) => streamOf(stream).write('', done));
}

/** True where a person sees it. */
export function isTerminal(stream: Stream): boolean {
  return fstatSync(descriptors[stream]).isCharacterDevice() && streamOf(stream).isTTY === true;
}

function goOnSlowly(stream: Stream): void {
  slow.add(stream);
  streamOf(stream).on('error', (error) => leaveAlone(stream, error));
}

function leaveAlone(stream: Stream, error: unknown): void {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'EPIPE' && code !== 'EOF') throw error;
  left.add(stream);
}

function streamOf(stream: Stream): NodeJS.WriteStream {
  return stream === 'out' ? process.stdout : process.stderr;
}
