import type { CoreOptions } from '../../../app/contract/link.ts';
import type { StartCore } from './core-process.ts';
import { startAsFork } from './forked-process.ts';
import { startAsUtility } from './utility-process.ts';

const firstNodeThatRunsTheCore = 22;

/**
 * How the core is started: Electron's utilityProcess, or a Node executable named by `SAMECELL_CORE_NODE`. An installed
 * copy listens to that name only where its own Node could not run the core at all.
 */
export function chooseCore(
  entry: string,
  options: CoreOptions,
  start: { packaged: boolean; env: NodeJS.ProcessEnv; nodeVersion: string },
): StartCore {
  const node = start.env.SAMECELL_CORE_NODE;
  const isTooOld = Number(start.nodeVersion.split('.')[0]) < firstNodeThatRunsTheCore;
  if (!node || (start.packaged && !isTooOld)) return startAsUtility(entry, options);
  return startAsFork(node, entry, options);
}
