import { setFlagsFromString } from 'node:v8';

/**
 * Compiles hot code where it stands instead of in a thread beside. A search of a small analyzer ends before such a thread has
 * anything ready, and takes a sixth less processor time this way.
 */
export function compileAtOnce(): void {
  setFlagsFromString('--no-concurrent-recompilation');
}
