import { performance } from 'node:perf_hooks';
import { app, type BrowserWindow, Menu, Notification, nativeTheme, shell } from 'electron';
import type { CommandScope } from '../../app/commands/command.ts';
import { keymapById } from '../../app/commands/keymaps/registry.ts';
import type { Answer, Ask, CallName } from '../../app/contract/calls.ts';
import { downChannel } from '../../app/contract/channels.ts';
import type { EventData, EventName } from '../../app/contract/events.ts';
import { Failure, isFailure } from '../../app/failure.ts';
import { chooseCore } from './core-link/choose.ts';
import { createCoreLink } from './core-link/core-link.ts';
import { openDoor } from './door/door.ts';
import { hostCalls } from './host-calls.ts';
import { menuTemplate } from './menu/template.ts';
import { createOpening } from './open/opening.ts';
import type { Paths } from './paths.ts';
import type { Record } from './record/record.ts';
import { watchBatches } from './window/batch-watch.ts';
import { mayClose } from './window/closing.ts';
import { openWindow } from './window/window.ts';

export interface Run {
  /** Brings the window to the front and opens a folder in it, where one is given. */
  open(path: string | undefined): void;
  /** Resolves with what went wrong once the core can't be kept running. */
  readonly failed: Promise<Failure>;
  /** Lets the core finish. */
  close(): Promise<void>;
  /** Takes the window away and ends the core at once. */
  end(): void;
}

/** Starts a core on a data folder and opens its window. */
export function startRun(options: { paths: Paths; record: Record; dataFolder: string }): Run {
  const { paths, record } = options;
  const dropped = new Set<string>();
  let window: BrowserWindow | undefined;
  let scope: CommandScope = 'always';
  let keymap = keymapById('samecell');
  let isOver = false;
  let fail: (failure: Failure) => void = () => undefined;
  const failed = new Promise<Failure>((resolve) => {
    fail = resolve;
  });

  const tell = <Name extends EventName>(name: Name, data: EventData<Name>) => {
    if (window && !window.isDestroyed()) window.webContents.send(downChannel, { type: 'event', name, data });
  };

  const core = createCoreLink({
    start: chooseCore(
      paths.core,
      { dataFolder: options.dataFolder, assetsFolder: paths.assets, version: app.getVersion() },
      { packaged: app.isPackaged, env: process.env, nodeVersion: process.versions.node },
    ),
    onEvent: (message) => {
      tell(message.name as EventName, message.data as EventData<EventName>);
      batches.see(message);
      if (message.name === 'settings.changed' || message.name === 'core.restarted') void readSettings();
      if (message.name === 'batch.finished') notify(message.data as EventData<'batch.finished'>);
    },
    onLine: (line) => record.write('core', { line }),
    onCrash: (code, again) => {
      record.write('core', { problem: 'the core ended by itself', code, again });
      if (!again)
        core
          .ready()
          .then(() => fail(new Failure('bug', 'The part of Samecell that reads and computes keeps stopping. The log says more.')), ignore);
    },
  });
  core
    .ready()
    .then(readSettings, (error: unknown) =>
      fail(isFailure(error) ? error : new Failure('bug', 'Samecell could not start. The log says more.', {}, error)),
    );

  core.ready().then(() => record.write('start', { coreReadyMs: sinceStart() }), ignore);

  const askCore = <Name extends CallName>(name: Name, input: Ask<Name>) =>
    core.ask(name, input, { signal: new AbortController().signal, progress: () => undefined }) as Promise<Answer<Name>>;

  const batches = watchBatches(
    async (sessionId) => (await askCore('batch.list', { sessionId })).batches,
    ({ running, fraction }) => {
      if (window && !window.isDestroyed()) window.setProgressBar(running ? Math.max(fraction, 0.01) : -1);
    },
  );

  const opening = createOpening({
    grant: (path) => core.grant(path, 'analyzer'),
    onArrived: ({ grant, name }) => tell('grant.arrived', { grant, name }),
    onProblem: (message) => record.write('open', { problem: message }),
  });

  const host = hostCalls({
    version: app.getVersion(),
    core,
    opening,
    record,
    dropped,
    window: () => window,
    onScope: (next) => {
      if (next === scope) return;
      scope = next;
      buildMenu();
    },
  });

  async function readSettings(): Promise<void> {
    try {
      const settings = await askCore('settings.get', {});
      nativeTheme.themeSource = settings.theme;
      keymap = keymapById(settings.keymap);
      buildMenu();
    } catch (error) {
      record.write('settings', { problem: 'the settings could not be read', error });
    }
  }

  function buildMenu(): void {
    if (isOver) return;
    const choose = (command: string) => {
      if (command === 'host.crashes') void shell.openPath(app.getPath('crashDumps'));
      else if (command === 'help.log') shell.showItemInFolder(record.file);
      else {
        if (!window || window.isDestroyed()) showWindow();
        tell('command.chosen', { command });
      }
    };
    Menu.setApplicationMenu(
      Menu.buildFromTemplate(menuTemplate({ platform: process.platform, packaged: app.isPackaged, scope, keymap, choose })),
    );
  }

  function showWindow(): void {
    if (window && !window.isDestroyed()) {
      if (window.isMinimized()) window.restore();
      window.focus();
      return;
    }
    window = openWindow({
      paths,
      packaged: app.isPackaged,
      record,
      onMade(made) {
        made.once('ready-to-show', () => record.write('start', { windowShownMs: sinceStart() }));
        const closeDoor = openDoor(made, { core, host, record, dropped });
        made.on('close', (event) => {
          const { running, left } = batches.standing();
          if (!isOver && running && !mayClose(made, left)) event.preventDefault();
        });
        made.on('closed', closeDoor);
      },
    });
  }

  function notify(finished: EventData<'batch.finished'>): void {
    if (!window || window.isDestroyed() || window.isFocused() || !Notification.isSupported()) return;
    const cost = finished.costUsd === null ? '' : `, ${finished.costUsd.toFixed(2)} US$`;
    const misses = finished.failed > 0 ? `, ${finished.failed} failed` : '';
    const notice = new Notification({ title: 'Groups are judged', body: `${finished.done} answered${misses}${cost}` });
    notice.on('click', showWindow);
    notice.show();
  }

  buildMenu();
  showWindow();

  return {
    open(path) {
      showWindow();
      if (path !== undefined) opening.open(path);
    },
    failed,
    close: () => {
      isOver = true;
      return core.close();
    },
    end() {
      isOver = true;
      window?.destroy();
      void core.close();
    },
  };
}

function ignore(): void {}

/** Milliseconds since this process began. */
function sinceStart(): number {
  return Math.round(performance.now());
}
