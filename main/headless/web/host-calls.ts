import { isAbsolute } from 'node:path';
import type { HostHandlers } from '../../../app/contract/calls.ts';
import { Failure } from '../../../app/failure.ts';
import type { Service } from '../../core/service.ts';

export interface WebHostCallOptions {
  readonly service: Pick<Service, 'grant' | 'lastOutput' | 'log'>;
  readonly version: string;
  /** What the window opens first; handed out once. */
  atStart(): { openAtStart?: string; startProblem?: string };
}

/** What a browser's host answers itself. What only a desktop has says so, and names the way round. */
export function webHostCalls(options: WebHostCallOptions): HostHandlers {
  const { service } = options;
  return {
    'app.state': () => ({ version: options.version, host: 'web', platform: process.platform, ...options.atStart() }),
    'app.openLink': ({ link }) => {
      throw new Failure('host.unsupported', `In a browser, open the page for "${link}" in a tab of its own.`, { link });
    },
    'app.setTheme': () => ({}),
    'app.setScope': () => ({}),
    'app.showLog': () => {
      throw new Failure('host.unsupported', `A browser can’t show files of the machine Samecell runs on. The log is ${service.log.file}`, {
        file: service.log.file,
      });
    },
    'grant.chooseFolder': () => {
      throw new Failure(
        'host.unsupported',
        'A browser can’t choose folders on the machine Samecell runs on. Type the folder’s path instead.',
      );
    },
    'grant.folder': ({ path, purpose }) => {
      if (!isAbsolute(path) && !path.startsWith('~'))
        throw new Failure('input.invalid', `"${path}" is not a full path. Write it from the root of the machine Samecell runs on.`, {
          path,
        });
      return service.grant(path, purpose);
    },
    'apply.reveal': ({ sessionId }) => {
      const path = service.lastOutput(sessionId);
      if (path === undefined) throw new Failure('input.notFound', 'This session has not written anything yet.');
      throw new Failure('host.unsupported', `A browser can’t show files of the machine Samecell runs on. The folder is ${path}`, { path });
    },
  };
}
