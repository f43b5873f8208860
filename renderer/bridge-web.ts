import type { Bridge, Downward, Upward } from '../app/contract/messages.ts';
import { decodeMessage, encodeMessage } from '../app/contract/wire.ts';

const keptUnder = 'samecell.token';
const longestPauseMs = 5000;

/**
 * The bridge in a browser: a WebSocket to the host that served the page. The token comes once in the address
 * (`#token=…`), is taken out of it and kept for this tab. A lost connection fails what was asked, comes back by itself
 * and then says `core.restarted`, so that the window asks for its state anew.
 */
export function connectWebBridge(): Bridge {
  const token = takeToken();
  const listeners = new Set<(message: Downward) => void>();
  const asked = new Set<number>();
  let early: Upward[] = [];
  let socket: WebSocket;
  let pauseMs = 250;
  let connectedBefore = false;

  const tell = (message: Downward) => {
    for (const listener of listeners) listener(message);
  };

  function connect(): void {
    socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/bridge`, ['samecell.1', `token.${token}`]);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      pauseMs = 250;
      for (const message of early) socket.send(encodeMessage(message));
      early = [];
      if (connectedBefore) tell({ type: 'event', name: 'core.restarted', data: {} });
      connectedBefore = true;
    };
    socket.onmessage = (event: MessageEvent<ArrayBuffer>) => {
      const message = decodeMessage(event.data) as Downward;
      if (message.type === 'reply') asked.delete(message.id);
      tell(message);
    };
    socket.onclose = () => {
      early = [];
      const lost = [...asked];
      asked.clear();
      for (const id of lost) tell({ type: 'reply', id, result: { ok: false, failure: lostConnection } });
      setTimeout(connect, pauseMs);
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    };
  }

  connect();
  return {
    send(message) {
      if (message.type === 'ask') asked.add(message.id);
      if (socket.readyState === WebSocket.OPEN) socket.send(encodeMessage(message));
      else if (socket.readyState === WebSocket.CONNECTING) early.push(message);
      else if (message.type === 'ask') {
        asked.delete(message.id);
        queueMicrotask(() => tell({ type: 'reply', id: message.id, result: { ok: false, failure: lostConnection } }));
      }
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    pathOfDropped: () => '',
  };
}

const lostConnection = {
  kind: 'host.lost',
  message:
    'The connection to Samecell is gone. If it was stopped, start it again and open the address it prints; otherwise this page reconnects by itself.',
  details: {},
} as const;

function takeToken(): string {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given) {
    sessionStorage.setItem(keptUnder, given);
    history.replaceState(null, '', location.pathname + location.search);
  }
  return given ?? sessionStorage.getItem(keptUnder) ?? '';
}
