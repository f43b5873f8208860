import type { Readable } from 'node:stream';
import { utilityProcess } from 'electron';
import type { CoreOptions, FromCore } from '../../../app/contract/link.ts';
import type { StartCore } from './core-process.ts';
import { eachLine } from './lines.ts';

/** Starts the core as Electron's utilityProcess: what people run. */
export function startAsUtility(entry: string, options: CoreOptions): StartCore {
  return () => {
    const child = utilityProcess.fork(entry, [JSON.stringify(options)], { serviceName: 'Samecell core', stdio: 'pipe' });
    return {
      send: (message) => child.postMessage(message),
      onMessage: (listener) => child.on('message', (message: FromCore) => listener(message)),
      onExit: (listener) => child.once('exit', (code) => listener(code)),
      onLine: (listener) => {
        eachLine(child.stdout as Readable | null, listener);
        eachLine(child.stderr as Readable | null, listener);
      },
      kill: () => child.kill(),
    };
  };
}
