import { join } from 'node:path';
import type { App } from 'electron';

/** Where everything of this copy of the application is. */
export interface Paths {
  readonly app: string;
  readonly page: string;
  readonly preload: string;
  /** Entry of the core: a plain file, since it, its worker threads and its fonts lie beside the archive. */
  readonly core: string;
  readonly assets: string;
  readonly data: string;
  readonly placement: string;
}

/**
 * As built (`out/` beside package.json) and as packaged (in the archive, assets beside it). Sets Electron's own folders
 * too, so call it before `ready`. `SAMECELL_DATA_DIR` moves everything a run writes into one folder.
 */
export function findPaths(app: App, env: NodeJS.ProcessEnv): Paths {
  app.setName('Samecell');
  const elsewhere = env.SAMECELL_DATA_DIR;
  const user = elsewhere ? join(elsewhere, 'window') : join(app.getPath('appData'), 'Samecell');
  app.setPath('userData', user);
  app.setPath('crashDumps', join(user, 'crashes'));
  const data = elsewhere ?? join(user, 'data');
  // The core writes its log there too: one place to look.
  app.setAppLogsPath(join(data, 'logs'));
  const folder = app.getAppPath();
  return {
    app: folder,
    page: join(folder, 'out', 'renderer'),
    preload: join(folder, 'out', 'preload', 'index.cjs'),
    core: join(folder.replace(/app\.asar$/, 'app.asar.unpacked'), 'out', 'core', 'process.js'),
    assets: app.isPackaged ? join(process.resourcesPath, 'assets') : join(folder, 'assets'),
    data,
    placement: join(user, 'window.json'),
  };
}
