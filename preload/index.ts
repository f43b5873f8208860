import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { downChannel, upChannel } from '../app/contract/channels.ts';
import type { Bridge, Downward, Upward } from '../app/contract/messages.ts';

// Every message is built anew here: the page can say these two things and nothing else, and never sees a raw event.
const bridge: Bridge = {
  send(message: Upward) {
    if (message.type === 'ask') ipcRenderer.send(upChannel, { type: 'ask', id: message.id, name: message.name, input: message.input });
    if (message.type === 'cancel') ipcRenderer.send(upChannel, { type: 'cancel', id: message.id });
  },
  listen(listener: (message: Downward) => void) {
    const receive = (_event: unknown, message: Downward) => listener(message);
    ipcRenderer.on(downChannel, receive);
    return () => {
      ipcRenderer.off(downChannel, receive);
    };
  },
  pathOfDropped(file: unknown) {
    const path = pathOf(file);
    // Only a path named here, by a real dropped file, may then be asked for as a folder.
    if (path) ipcRenderer.send(upChannel, { type: 'dropped', path });
    return path;
  },
};

contextBridge.exposeInMainWorld('bridge', bridge);

function pathOf(file: unknown): string {
  try {
    if (typeof webUtils?.getPathForFile === 'function') return webUtils.getPathForFile(file as File);
    // Electron below 32 puts the path on the file itself.
    const { path } = file as { path?: unknown };
    return typeof path === 'string' ? path : '';
  } catch {
    return '';
  }
}
