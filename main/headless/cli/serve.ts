import { resolve } from 'node:path';
import { serve as serveWindow } from '../serve.ts';
import type { CommandContext, CommandResult } from './command.ts';
import { coreOptions } from './core-options.ts';

export interface ServeCommandOptions {
  readonly port?: number;
  readonly host?: string;
}

/** The window in a browser, until Ctrl+C. */
export async function serve(path: string | undefined, options: ServeCommandOptions, context: CommandContext): Promise<CommandResult> {
  const { signal, terminal, common, log } = context;
  const analyzer = path === undefined ? undefined : resolve(path);
  const served = await serveWindow({ ...coreOptions(common), analyzer, port: options.port, host: options.host, ...(log ? { log } : {}) });
  terminal.out(`${JSON.stringify({ url: served.url })}\n`);
  terminal.note('Open this address in a browser. Ctrl+C ends it.');
  await new Promise<void>((done) => {
    if (signal.aborted) done();
    signal.addEventListener('abort', () => done(), { once: true });
  });
  await served.close();
  return { json: undefined, text: '' };
}
