import type { CoreOptions, FromCore, ToCore } from '../../app/contract/link.ts';
import { toFailureRecord } from '../../app/failure.ts';
import { answerHost } from './answer-host.ts';
import type { Service } from './service.ts';

/** What Electron puts on `process` in a utilityProcess. */
interface ParentPort {
  postMessage(message: FromCore): void;
  on(event: 'message', listener: (event: { data: ToCore }) => void): void;
}

const parentPort = (process as NodeJS.Process & { parentPort?: ParentPort }).parentPort;

const send = (message: FromCore): void => {
  if (parentPort) parentPort.postMessage(message);
  else if (process.connected) process.send?.(message);
};

/** Whatever the host says before the service is there waits here, in order. */
const early: ToCore[] = [];
let receive = (message: ToCore): void => {
  early.push(message);
};

if (parentPort) parentPort.on('message', ({ data }) => receive(data));
else process.on('message', (message) => receive(message as ToCore));

start().catch((error: unknown) => {
  send({ type: 'failed', failure: toFailureRecord(error) });
  // The message has to leave before the process does.
  setTimeout(() => process.exit(1), 100);
});

async function start(): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? '{}') as CoreOptions;
  const { createService } = await import('./service.ts');
  const service = await createService({ ...options, emit: (name, data) => send({ type: 'event', name, data }) });
  surviveTrouble(service);
  const host = answerHost(service, send);
  const close = async (): Promise<void> => {
    host.close();
    await service.close();
    send({ type: 'closed' });
    setTimeout(() => process.exit(0), 50);
  };
  receive = (message) => {
    if (message.type === 'close') void close();
    else host.receive(message);
  };
  process.once('disconnect', () => void close());
  process.once('SIGTERM', () => void close());
  // Ctrl+C in a terminal reaches the whole group; the host says when to close.
  process.on('SIGINT', () => undefined);
  send({ type: 'ready' });
  for (const message of early.splice(0)) receive(message);
}

/** An error nobody waited for is ours to mend, not a reason to drop a running batch. */
function surviveTrouble({ log }: Service): void {
  process.on('uncaughtException', (error) => log.error('An error nobody caught.', error));
  process.on('unhandledRejection', (error) => log.error('A rejection nobody caught.', error));
}
