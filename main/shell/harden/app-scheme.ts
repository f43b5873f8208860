import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import type { Session } from 'electron';
import { protocol } from 'electron';
import { contentPolicy, nonceMark, pageHeaders, pageMediaType, pagePath } from '../../../app/contract/page.ts';
import { appHost, appScheme } from './address.ts';

/** Before `ready`: the page's own scheme with an origin, so that nothing is ever loaded from file://. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
}

/**
 * The file of the page folder that a request may have, or undefined: GET, our host, decoded once, no way out of the
 * folder, and a kind of file a page is made of.
 */
export function pageFile(method: string, address: string, folder: string): string | undefined {
  if (method !== 'GET') return undefined;
  let path: string | undefined;
  try {
    const url = new URL(address);
    if (url.protocol !== `${appScheme}:` || url.host !== appHost || url.username || url.password) return undefined;
    path = pagePath(url.pathname);
  } catch {
    return undefined;
  }
  if (path === undefined) return undefined;
  const file = join(folder, path);
  const inside = relative(folder, file);
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? undefined : file;
}

interface Page {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

async function answer(method: string, address: string, folder: string): Promise<Page> {
  const nonce = randomBytes(18).toString('base64url');
  const headers = pageHeaders(contentPolicy(nonce));
  const file = pageFile(method, address, folder);
  const bytes = file === undefined ? undefined : await readFile(file).catch(() => undefined);
  if (file === undefined || bytes === undefined) {
    return { status: 404, headers: { ...headers, 'content-type': 'text/plain' }, body: Buffer.from('Not here.') };
  }
  const body = file.endsWith('.html') ? Buffer.from(bytes.toString('utf8').split(nonceMark).join(nonce)) : bytes;
  return { status: 200, headers: { ...headers, 'content-type': pageMediaType(file)! }, body };
}

/** Serves the built page under `app://samecell/` in this session. */
export function servePage(session: Session, folder: string): void {
  // protocol.handle came with Electron 25; the tests also run on 22.
  if (typeof session.protocol.handle === 'function') {
    session.protocol.handle(appScheme, async (request) => {
      const page = await answer(request.method, request.url, folder);
      return new Response(new Uint8Array(page.body), { status: page.status, headers: page.headers });
    });
    return;
  }
  session.protocol.registerBufferProtocol(appScheme, (request, respond) => {
    void answer(request.method, request.url, folder).then((page) => {
      const mimeType = page.headers['content-type'].split(';')[0];
      respond({ statusCode: page.status, headers: page.headers, mimeType, charset: 'utf-8', data: page.body });
    });
  });
}
