import { app, session } from 'electron';
import { servePage } from './harden/app-scheme.ts';
import { hardenSession } from './harden/session.ts';
import { folderArgument } from './open/folder-argument.ts';
import type { Paths } from './paths.ts';
import type { Record } from './record/record.ts';
import { type Run, startRun } from './run.ts';
import { askAfterStartFailure } from './window/start-failure.ts';

/** The application between `ready` and quitting: one run at a time, each a core with its window. */
export function startApplication(options: { paths: Paths; record: Record }): void {
  const { paths, record } = options;
  const appFolder = app.isPackaged ? undefined : paths.app;
  let run: Run | undefined;
  // What is to be opened once there is a run.
  let early = folderArgument(process.argv, process.cwd(), appFolder);

  const open = (path: string | undefined) => {
    if (run) run.open(path);
    else early = path ?? early;
  };

  async function keepRunning(dataFolder: string): Promise<void> {
    run = startRun({ paths, record, dataFolder });
    if (early !== undefined) run.open(early);
    early = undefined;
    const failure = await run.failed;
    run.end();
    run = undefined;
    record.write('start', { problem: failure.message, kind: failure.kind });
    const answer = await askAfterStartFailure(failure, { dataFolder, record });
    if (answer === 'quit') app.exit(1);
    else await keepRunning(answer.dataFolder);
  }

  app.on('open-file', (event, path) => {
    event.preventDefault();
    open(path);
  });
  app.on('second-instance', (_event, argv, workingFolder) => open(folderArgument(argv, workingFolder, appFolder)));
  app.on('activate', () => run?.open(undefined));
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin' && run) app.quit();
  });
  let closed = false;
  app.on('will-quit', (event) => {
    if (closed || !run) return;
    event.preventDefault();
    closed = true;
    void run.close().then(() => app.quit());
  });

  app
    .whenReady()
    .then(() => {
      app.setAppUserModelId('io.samecell.app');
      app.setAboutPanelOptions({ applicationName: 'Samecell', applicationVersion: app.getVersion(), copyright: 'MIT License' });
      hardenSession(session.defaultSession, {
        packaged: app.isPackaged,
        onBlocked: (address) => record.write('harden', { refused: 'request', address: address.slice(0, 200) }),
      });
      servePage(session.defaultSession, paths.page);
      return keepRunning(paths.data);
    })
    .catch((error: unknown) => {
      record.write('start', { problem: 'the application ended', error });
      app.exit(1);
    });
}
