import { parentPort, workerData } from 'node:worker_threads';
import { type FailureRecord, toFailureRecord } from '../../../app/failure.ts';
import type { FontFiles } from './fonts.ts';
import { createPainter, type Paper } from './painter.ts';

export interface DrawRequest {
  readonly id: number;
  readonly paper: Paper;
}

export type DrawReply =
  | {
      readonly id: number;
      readonly ok: true;
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly width: number;
      readonly height: number;
      readonly ms: number;
    }
  | { readonly id: number; readonly ok: false; readonly failure: FailureRecord; readonly cause: string };

const port = parentPort;
if (port) {
  const paint = createPainter(workerData as FontFiles);
  port.on('message', ({ id, paper }: DrawRequest) => {
    const start = performance.now();
    try {
      const { bytes, width, height } = paint(paper);
      port.postMessage({ id, ok: true, bytes, width, height, ms: performance.now() - start } satisfies DrawReply, [bytes.buffer]);
    } catch (error) {
      const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
      port.postMessage({ id, ok: false, failure: toFailureRecord(error), cause } satisfies DrawReply);
    }
  });
}
