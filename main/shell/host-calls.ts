import { isAbsolute } from 'node:path';
import { type BrowserWindow, dialog, nativeTheme, shell } from 'electron';
import type { CommandScope } from '../../app/commands/command.ts';
import type { HostHandlers } from '../../app/contract/calls.ts';
import { Failure } from '../../app/failure.ts';
import type { CoreLink } from './core-link/core-link.ts';
import { links, openableLink } from './harden/links.ts';
import type { Opening } from './open/opening.ts';
import type { Record } from './record/record.ts';

export interface HostCallOptions {
  readonly version: string;
  readonly core: CoreLink;
  readonly opening: Opening;
  readonly record: Record;
  /** Paths that real dropped files named; each may be granted once. */
  readonly dropped: Set<string>;
  window(): BrowserWindow | undefined;
  onScope(scope: CommandScope): void;
}

/** What the shell itself answers: dialogs, links, theme, log. Paths stay here; the window gets grants. */
export function hostCalls(options: HostCallOptions): HostHandlers {
  return {
    'app.state': async () => ({
      version: options.version,
      host: 'electron',
      platform: process.platform,
      ...(await options.opening.atStart()),
    }),
    'app.openLink': async ({ link }) => {
      const address = openableLink(links[link]);
      if (address === undefined) throw new Failure('ipc.forbidden', 'Samecell does not open that address.');
      await shell.openExternal(address);
      return {};
    },
    'app.setTheme': ({ theme }) => {
      nativeTheme.themeSource = theme;
      return {};
    },
    'app.showLog': () => {
      shell.showItemInFolder(options.record.file);
      return {};
    },
    'app.setScope': ({ scope }) => {
      options.onScope(scope);
      return {};
    },
    'grant.chooseFolder': async ({ purpose, suggestedName }) => {
      const window = options.window();
      const question = {
        title:
          purpose === 'analyzer'
            ? 'Open a SortingAnalyzer folder'
            : purpose === 'recording'
              ? 'Locate the recording'
              : `Choose where ${suggestedName ?? 'the result'} is written`,
        buttonLabel: purpose === 'analyzer' ? 'Open' : 'Choose',
        properties: purpose === 'output' ? ['openDirectory' as const, 'createDirectory' as const] : ['openDirectory' as const],
      };
      const chosen = await (window ? dialog.showOpenDialog(window, question) : dialog.showOpenDialog(question));
      const path = chosen.filePaths[0];
      return chosen.canceled || path === undefined ? {} : { ...(await options.core.grant(path, purpose)) };
    },
    'grant.folder': ({ path, purpose }) => {
      if (!options.dropped.delete(path) || !isAbsolute(path))
        throw new Failure('ipc.forbidden', 'This folder was not dropped on the window. Choose it with Open Analyzer….');
      return options.core.grant(path, purpose);
    },
    'apply.reveal': async ({ sessionId }) => {
      const { path } = await options.core.lastOutput(sessionId);
      if (path === undefined) throw new Failure('input.notFound', 'This session has not written anything yet.');
      shell.showItemInFolder(path);
      return {};
    },
  };
}
