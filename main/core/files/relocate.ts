import { relative, resolve, sep } from 'node:path';

/** Turns paths relative to one folder into paths relative to another, `/`-separated as in SpikeInterface's JSON. Absolute where the two are on different drives. */
export function relocateBetween(fromFolder: string, toFolder: string): (path: string) => string {
  return (path) => relative(resolve(toFolder), resolve(fromFolder, path)).split(sep).join('/');
}
