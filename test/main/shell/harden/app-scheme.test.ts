import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { contentPolicy } from '../../../../app/contract/page.ts';

vi.mock('electron', () => ({ protocol: { registerSchemesAsPrivileged: vi.fn() } }));
const { pageFile, servePage } = await import('../../../../main/shell/harden/app-scheme.ts');

const folder = join(tmpdir(), 'page');

describe('the file a request may have', () => {
  test('is one of the page', () => {
    expect(pageFile('GET', 'app://samecell/index.html', folder)).toBe(join(folder, 'index.html'));
    expect(pageFile('GET', 'app://samecell/', folder)).toBe(join(folder, 'index.html'));
    expect(pageFile('GET', 'app://samecell/assets/x-1.js?v=1#a', folder)).toBe(join(folder, 'assets', 'x-1.js'));
    // A browser takes the dots out before it asks; what is left is inside.
    expect(pageFile('GET', 'app://samecell/a/../index.html', folder)).toBe(join(folder, 'index.html'));
  });

  test.each([
    ['POST', 'app://samecell/index.html'],
    ['HEAD', 'app://samecell/index.html'],
    ['GET', 'app://elsewhere/index.html'],
    ['GET', 'app://samecell.evil/index.html'],
    ['GET', 'app://evil@samecell/index.html'],
    ['GET', 'http://samecell/index.html'],
    ['GET', 'file:///etc/hosts.html'],
    ['GET', 'app://samecell/..%2f..%2fetc%2fpasswd.json'],
    ['GET', 'app://samecell/%2e%2e%2fpackage.json'],
    ['GET', 'app://samecell/..%5c..%5cpackage.json'],
    ['GET', 'app://samecell/%00index.html'],
    ['GET', 'app://samecell/%252e%252e%252fpackage.json'],
    ['GET', 'app://samecell//etc/x.html'],
    ['GET', 'app://samecell/index'],
    ['GET', 'app://samecell/package.db'],
    ['GET', 'not an address'],
    ['GET', ''],
  ])('is none for %s %s', (method, address) => {
    expect(pageFile(method, address, folder)).toBeUndefined();
  });

  test('a folder whose name only begins the same is another folder', () => {
    expect(pageFile('GET', 'app://samecell/..%2fpage-evil/x.html', folder)).toBeUndefined();
  });
});

describe('what is served', () => {
  let page: string;
  beforeAll(async () => {
    page = await mkdtemp(join(tmpdir(), 'samecell-page-'));
    await mkdir(join(page, 'assets'));
    await writeFile(join(page, 'index.html'), '<meta name="style-nonce" content="__STYLE_NONCE__">');
    await writeFile(join(page, 'assets', 'x.js'), 'export {}');
  });

  type Old = (request: { method: string; url: string }, respond: (reply: Reply) => void) => void;
  type Reply = { statusCode: number; headers: Record<string, string>; mimeType: string; data: Buffer };
  const newSession = (handle: (scheme: string, answer: (request: Request) => Promise<Response>) => void) =>
    ({ protocol: { handle } }) as unknown as Parameters<typeof servePage>[0];
  const oldSession = (registerBufferProtocol: (scheme: string, answer: Old) => void) =>
    ({ protocol: { registerBufferProtocol } }) as unknown as Parameters<typeof servePage>[0];

  test('carries the policy with a nonce of this load, the same in header and page, another one next time', async () => {
    let answer: ((request: Request) => Promise<Response>) | undefined;
    servePage(
      newSession((_scheme, handler) => {
        answer = handler;
      }),
      page,
    );
    const ask = async () => {
      const response = await answer!({ method: 'GET', url: 'app://samecell/index.html' } as Request);
      const nonce = /content="([^"]+)"/.exec(await response.text())![1];
      return { response, nonce };
    };
    const one = await ask();
    const two = await ask();
    expect(one.nonce).toMatch(/^[\w-]{24}$/);
    expect(one.nonce).not.toBe(two.nonce);
    expect(one.response.headers.get('content-security-policy')).toBe(contentPolicy(one.nonce));
    expect(one.response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(one.response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('is the same on an Electron without protocol.handle', async () => {
    let answer: Old | undefined;
    servePage(
      oldSession((_scheme, handler) => {
        answer = handler;
      }),
      page,
    );
    const reply = await new Promise<Reply>((resolve) => answer!({ method: 'GET', url: 'app://samecell/assets/x.js' }, resolve));
    expect(reply).toMatchObject({ statusCode: 200, mimeType: 'text/javascript' });
    expect(reply.headers['content-security-policy']).toContain("default-src 'none'");
    const missing = await new Promise<Reply>((resolve) => answer!({ method: 'GET', url: 'app://samecell/assets/none.js' }, resolve));
    expect(missing.statusCode).toBe(404);
  });
});
