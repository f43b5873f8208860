import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { contentPolicy, nonceMark, pageHeaders, pageMediaType, pagePath } from '../../../app/contract/page.ts';
import { isOurHost } from './who-may.ts';

/** Serves the built page to whoever addresses this machine by its own name. The page alone can do nothing: it needs the token. */
export function createPageServer(options: { pageFolder: string; boundTo: string }): Server {
  return createServer((request, response) => {
    answer(request, response, options).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, options: { pageFolder: string; boundTo: string }): Promise<void> {
  const { host } = request.headers;
  if (!isOurHost(host, options.boundTo)) {
    say(response, 403, 'This address does not lead to Samecell. Use the one it printed.');
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    say(response, 405, 'Only pages are read here.');
    return;
  }
  const path = pagePath((request.url ?? '/').split(/[?#]/)[0]);
  const bytes = path === undefined ? undefined : await readFile(join(options.pageFolder, path)).catch(() => undefined);
  if (path === undefined || bytes === undefined) {
    say(response, 404, 'Not here.');
    return;
  }
  const nonce = randomBytes(18).toString('base64url');
  const body = path.endsWith('.html') ? Buffer.from(bytes.toString('utf8').replaceAll(nonceMark, nonce)) : bytes;
  response.writeHead(200, {
    ...pageHeaders(contentPolicy(nonce, `'self' ws://${host} wss://${host}`)),
    'content-type': pageMediaType(path),
    'content-length': body.length,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function say(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { ...pageHeaders("default-src 'none'"), 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${sentence}\n`);
}
