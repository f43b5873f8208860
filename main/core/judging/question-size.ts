import type { Question } from '../../../app/judges/judge.ts';

export interface QuestionSize {
  readonly pictureCount: number;
  /** Of the largest picture. */
  readonly largestBytes: number;
  /** Of all pictures as they are sent, in base64. */
  readonly sentBytes: number;
}

/** How much a question shows. */
export function questionSize({ parts }: Question): QuestionSize {
  const sizes = parts.flatMap((part) => (part.kind === 'image' ? [part.image.bytes.byteLength] : []));
  const sentBytes = sizes.reduce((sum, size) => sum + Math.ceil(size / 3) * 4, 0);
  return { pictureCount: sizes.length, largestBytes: Math.max(0, ...sizes), sentBytes };
}
