import { createHash } from 'node:crypto';
import type { Sha256 } from '../../../app/analyzer/fingerprint.ts';

/** SHA-256 over the chunks as if they were one, in lower-case hex. */
export const sha256: Sha256 = (chunks) => {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
};
