import { app, crashReporter } from 'electron';
import { startApplication } from './application.ts';
import { registerAppScheme } from './harden/app-scheme.ts';
import { guardEveryPage } from './harden/navigation.ts';
import { refusedSwitch } from './harden/switches.ts';
import { findPaths } from './paths.ts';
import { openRecord } from './record/record.ts';

// Boot order and nothing else: all of this must happen before Electron is ready.
const paths = findPaths(app, process.env);
const record = openRecord(app.getPath('logs'));
crashReporter.start({ uploadToServer: false, submitURL: '' });
// A clone may be started without it, by root in a container; an installed copy never is.
if (app.isPackaged || !app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
registerAppScheme();
guardEveryPage(app, (what) => record.write('harden', { refused: what }));

const refused = app.isPackaged ? refusedSwitch((name) => app.commandLine.hasSwitch(name)) : undefined;
if (refused !== undefined) {
  record.write('harden', { refused: `--${refused}` });
  app.exit(1);
} else if (app.requestSingleInstanceLock()) startApplication({ paths, record });
else app.quit();
