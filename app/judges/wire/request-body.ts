import { createBreather } from '../../analyzer/compute/breathe.ts';
import type { Question, QuestionImage } from '../judge.ts';
import { base64 } from './base64.ts';

/** A picture as a string of a request body: some words, then its base64. */
export class PictureText {
  readonly before: string;
  private readonly image: Pick<QuestionImage, 'bytes' | 'base64'>;

  constructor(image: Pick<QuestionImage, 'bytes' | 'base64'>, before = '') {
    this.image = image;
    this.before = before;
  }

  get base64(): string {
    return this.image.base64 ?? base64(this.image.bytes);
  }

  get base64Length(): number {
    return this.image.base64?.length ?? Math.ceil(this.image.bytes.length / 3) * 4;
  }

  toJSON(): string {
    return this.before + this.base64;
  }
}

/**
 * The same bytes as of `JSON.stringify`, but pictures are written right into their place: as part of one long text each would
 * be copied and looked through several times.
 */
export function jsonBytes(body: unknown): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  /** Words are UTF-8 already, pictures still base64. */
  const pieces = piecesOf(body).map((piece) => (typeof piece === 'string' ? encoder.encode(piece) : piece.base64));
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    if (typeof piece === 'string') encoder.encodeInto(piece, bytes.subarray(at));
    else bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/**
 * The bytes of `[begin, a body, between, the next body, …, end]`, bodies as JSON: tens of megabytes for a batch of questions, so that
 * whatever else runs in the thread has its turn meanwhile. Rejects with `cancelled` once the signal has fired.
 */
export async function manyJsonBytes(
  { begin, bodies, between, end }: { begin: string; bodies: readonly unknown[]; between: string; end: string },
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const breathe = createBreather(signal);
  const encoder = new TextEncoder();
  const pieces: Uint8Array[] = [];
  for (const [index, body] of bodies.entries()) {
    pieces.push(encoder.encode(index === 0 ? begin : between), jsonBytes(body));
    const turn = breathe();
    if (turn) await turn;
  }
  pieces.push(encoder.encode(bodies.length === 0 ? begin + end : end));
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
    const turn = breathe();
    if (turn) await turn;
  }
  return bytes;
}

/** In a batch there is something around each body: a name, a method, an address. */
export const aroundChars = 200;

/** How many characters `JSON.stringify` would write, without writing the pictures. */
export function jsonLength(body: unknown): number {
  return piecesOf(body).reduce((sum, piece) => sum + (typeof piece === 'string' ? piece.length : piece.base64Length), 0);
}

/** The text of a body, broken where pictures stand in it. */
function piecesOf(body: unknown): (string | PictureText)[] {
  const pieces: (string | PictureText)[] = [];
  let words = '';
  const write = (value: unknown): void => {
    if (value instanceof PictureText) {
      pieces.push(words + JSON.stringify(value.before).slice(0, -1), value);
      words = '"';
    } else if (Array.isArray(value)) {
      for (const [index, one] of value.entries()) {
        words += index === 0 ? '[' : ',';
        write(one ?? null);
      }
      words += value.length === 0 ? '[]' : ']';
    } else if (typeof value === 'object' && value !== null) {
      let first = true;
      for (const [name, one] of Object.entries(value)) {
        if (one === undefined) continue;
        words += `${first ? '{' : ','}${JSON.stringify(name)}:`;
        first = false;
        write(one);
      }
      words += first ? '{}' : '}';
    } else words += JSON.stringify(value);
  };
  write(body);
  pieces.push(words);
  return pieces;
}

/** Bodies of questions in bytes. One that was made ahead is held as long as its question, or until it was sent. */
export function createBodies<Way extends string>(make: (model: string, question: Question, way: Way) => unknown) {
  const ahead = new WeakMap<Question, { readonly model: string; readonly way: Way; readonly bytes: Uint8Array<ArrayBuffer> }>();
  return {
    prepare(model: string, question: Question, way: Way): void {
      ahead.set(question, { model, way, bytes: jsonBytes(make(model, question, way)) });
    },
    of(model: string, question: Question, way: Way): Uint8Array<ArrayBuffer> {
      const made = ahead.get(question);
      return made?.model === model && made.way === way ? made.bytes : jsonBytes(make(model, question, way));
    },
    sent(question: Question): void {
      ahead.delete(question);
    },
  };
}
