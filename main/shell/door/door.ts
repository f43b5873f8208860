import type { BrowserWindow, IpcMainEvent } from 'electron';
import { ipcMain } from 'electron';
import { attend } from '../../../app/contract/attend.ts';
import type { HostHandlers } from '../../../app/contract/calls.ts';
import { downChannel, upChannel } from '../../../app/contract/channels.ts';
import type { Downward } from '../../../app/contract/messages.ts';
import type { CoreLink } from '../core-link/core-link.ts';
import type { Record as Recorder } from '../record/record.ts';
import { isOurPage } from './sender.ts';

/** Opens the door for one window: checks each sender, then admits, answers and reports. Returns what closes it. */
export function openDoor(
  window: BrowserWindow,
  behind: { core: CoreLink; host: HostHandlers; record: Recorder; dropped: Set<string> },
): () => void {
  const send = (message: Downward) => {
    if (!window.isDestroyed()) window.webContents.send(downChannel, message);
  };
  const attendant = attend({
    host: (name, input, context) => {
      const handler = behind.host[name as keyof HostHandlers] as (input: unknown, context: unknown) => unknown;
      return handler(input, context);
    },
    core: (name, input, context) => behind.core.ask(name, input, context),
    send,
    log: ({ call, kind, error }) => behind.record.write('door', { call, kind, error }),
    newAbort: () => new AbortController(),
  });
  const receive = (event: IpcMainEvent, message: unknown) => {
    if (window.isDestroyed() || event.sender !== window.webContents) return;
    if (!isOurPage(event.senderFrame, window.webContents.mainFrame)) {
      behind.record.write('door', { call: 'refused', kind: 'ipc.forbidden', error: 'a sender that is not our page' });
      return;
    }
    if (isDropped(message)) {
      behind.dropped.add(message.path);
      return;
    }
    attendant.receive(message);
  };
  ipcMain.on(upChannel, receive);
  // A page that was loaded anew no longer waits for what the old one asked.
  window.webContents.on('did-start-navigation', (_event, _url, isInPlace, isMainFrame) => {
    if (isMainFrame && !isInPlace) attendant.close();
  });
  return () => {
    ipcMain.off(upChannel, receive);
    attendant.close();
  };
}

function isDropped(message: unknown): message is { type: 'dropped'; path: string } {
  if (typeof message !== 'object' || message === null) return false;
  const { type, path } = message as Record<string, unknown>;
  return type === 'dropped' && typeof path === 'string' && path.length <= 4096;
}
