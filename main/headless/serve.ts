import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { attend } from '../../app/contract/attend.ts';
import type { HostHandlers } from '../../app/contract/calls.ts';
import type { Downward } from '../../app/contract/messages.ts';
import { decodeMessage, encodeMessage } from '../../app/contract/wire.ts';
import { Failure, toFailureRecord } from '../../app/failure.ts';
import { createService, type ServiceOptions } from '../core/service.ts';
import { installFolder } from './install-folder.ts';
import { webHostCalls } from './web/host-calls.ts';
import { createPageServer } from './web/page-server.ts';
import { isOurHost, isOurOrigin, isToken, tokenOf } from './web/who-may.ts';

export interface ServeOptions extends Omit<ServiceOptions, 'emit'> {
  /** A folder to open first. */
  readonly analyzer?: string;
  /** 0 takes any that is free. */
  readonly port?: number;
  /** Where to listen; anything but loopback lets others on the network try their luck with the token. */
  readonly host?: string;
  /** The built page; `out/renderer` of this copy by default. */
  readonly pageFolder?: string;
}

export interface Served {
  /** With the token of this start: `http://127.0.0.1:PORT/#token=…`. */
  readonly url: string;
  close(): Promise<void>;
}

const largestFrameBytes = 8 * 1024 * 1024;
const lookEveryMs = 30_000;

/**
 * Runs the core behind a web host on this machine: the same page as the window, over one WebSocket that asks for the
 * token of this start, from a page of this host only. Throws a `Failure` where the port is taken or the core can't start.
 */
export async function serve(options: ServeOptions): Promise<Served> {
  const { analyzer, port = 0, host = '127.0.0.1', pageFolder = join(installFolder(), 'out', 'renderer'), ...core } = options;
  const token = randomBytes(32).toString('base64url');
  const open = new Set<WebSocket>();
  const tell = (socket: WebSocket, message: Downward) => {
    if (socket.readyState === socket.OPEN) socket.send(encodeMessage(message));
  };
  const service = await createService({
    ...core,
    emit: (name, data) => {
      for (const socket of open) tell(socket, { type: 'event', name, data });
    },
  });
  let first: { openAtStart?: string; startProblem?: string } = {};
  if (analyzer !== undefined) {
    first = await service.grant(analyzer, 'analyzer').then(
      ({ grant }) => ({ openAtStart: grant }),
      (error: unknown) => ({ startProblem: toFailureRecord(error).message }),
    );
  }
  const handlers = webHostCalls({
    service,
    version: options.version,
    atStart: () => {
      const given = first;
      first = {};
      return given;
    },
  });

  const server = createPageServer({ pageFolder, boundTo: host });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: largestFrameBytes,
    perMessageDeflate: false,
    handleProtocols: () => 'samecell.1',
  });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const { host: asked, origin, 'sec-websocket-protocol': protocols } = request.headers;
    const isAllowed = isOurHost(asked, host) && isOurOrigin(origin, asked) && isToken(tokenOf(protocols), token);
    if (!isAllowed || request.url?.split('?')[0] !== '/bridge') {
      service.log.warning('A connection was refused.', { host: asked, origin });
      stream.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, stream, head, welcome);
  });

  function welcome(socket: WebSocket): void {
    open.add(socket);
    const attendant = attend({
      host: (name, input, context) =>
        (handlers[name as keyof HostHandlers] as (input: unknown, context: unknown) => unknown)(input, context),
      core: (name, input, context) => service.handle(name, input, context),
      send: (message) => tell(socket, message),
      log: ({ call, kind, error }) => {
        if (kind === 'bug' || kind.startsWith('ipc.')) service.log.error('A request failed at the door.', error, { call, kind });
      },
      newAbort: () => new AbortController(),
    });
    let isThere = true;
    socket.on('pong', () => {
      isThere = true;
    });
    const look = setInterval(() => {
      if (!isThere) socket.terminate();
      isThere = false;
      socket.ping();
    }, lookEveryMs);
    socket.on('message', (frame: Buffer, isBinary) => {
      if (!isBinary) return;
      try {
        attendant.receive(decodeMessage(frame));
      } catch {
        socket.close(1007, 'not a message');
      }
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      clearInterval(look);
      open.delete(socket);
      attendant.close();
    });
  }

  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    await service.close();
    throw new Failure(
      'input.invalid',
      `Samecell can’t listen on ${host} port ${port}: ${reasonOf(error)}. Choose another with --port.`,
      { host, port },
      error,
    );
  }
  const { port: taken } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  return {
    url: `http://${nameFor(host)}:${taken}/#token=${token}`,
    close() {
      closing ??= (async () => {
        for (const socket of open) socket.close(1001, 'Samecell is closing');
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        server.closeAllConnections();
        setTimeout(() => {
          for (const socket of open) socket.terminate();
        }, 500).unref();
        await closed;
        await service.close();
      })();
      return closing;
    },
  };
}

function nameFor(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function reasonOf(error: unknown): string {
  const { code } = error as { code?: string };
  if (code === 'EADDRINUSE') return 'the port is taken';
  if (code === 'EACCES') return 'the system does not allow it';
  return code ?? 'an unknown reason';
}
