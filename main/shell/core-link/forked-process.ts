import { fork } from 'node:child_process';
import type { CoreOptions, FromCore } from '../../../app/contract/link.ts';
import type { StartCore } from './core-process.ts';
import { eachLine } from './lines.ts';

/** Starts the core with a Node executable of its own: for debugging it alone, and on an Electron too old to run it. */
export function startAsFork(node: string, entry: string, options: CoreOptions): StartCore {
  return () => {
    const child = fork(entry, [JSON.stringify(options)], {
      execPath: node,
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let ended = false;
    return {
      send: (message) => {
        // A message to a process that is just ending is lost either way; the exit tells.
        if (child.connected) child.send(message, () => undefined);
      },
      onMessage: (listener) => child.on('message', (message) => listener(message as FromCore)),
      onExit: (listener) => {
        const once = (code: number | null) => {
          if (!ended) listener(code);
          ended = true;
        };
        child.once('exit', once);
        child.once('error', () => once(null));
      },
      onLine: (listener) => {
        eachLine(child.stdout, listener);
        eachLine(child.stderr, listener);
      },
      kill: () => child.kill('SIGKILL'),
    };
  };
}
