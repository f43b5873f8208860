import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { defaultDataFolder } from '../data-folder.ts';

/**
 * Lets the built command line keep its compiled code in `compiled/` of the data folder, so that the next one starts faster.
 * Where that can't be, it is compiled each time: Node says so to nobody.
 */
export function keepCompiled(): void {
  if (import.meta.url.endsWith('.js')) enableCompileCache(join(defaultDataFolder(), 'compiled'));
}
