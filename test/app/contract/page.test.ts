import { describe, expect, test } from 'vitest';
import { contentPolicy, nonceMark, pageMediaType, pagePath } from '../../../app/contract/page.ts';

describe('the policy of a page', () => {
  const policy = contentPolicy('abc123');

  test('allows nothing unsafe, no wildcard, and no host from elsewhere', () => {
    expect(policy).not.toMatch(/unsafe-|\*|https?:|ws:/);
    expect(policy).toMatchInlineSnapshot(
      `"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-abc123'; img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"`,
    );
  });

  test('the nonce admits styles only', () => {
    const withNonce = policy.split('; ').filter((rule) => rule.includes('nonce'));
    expect(withNonce).toEqual(["style-src 'self' 'nonce-abc123'"]);
  });

  test('the mark of the nonce is what the page holds', async () => {
    const { readFile } = await import('node:fs/promises');
    const page = await readFile(new URL('../../../renderer/index.html', import.meta.url), 'utf8');
    expect(page).toContain(`content="${nonceMark}"`);
  });
});

describe('files of a page', () => {
  test.each([
    ['/', 'index.html'],
    ['/index.html', 'index.html'],
    ['/assets/index-BX_a1.js', 'assets/index-BX_a1.js'],
    ['/assets/inter%2Dlatin.woff2', 'assets/inter-latin.woff2'],
  ])('%s is %s', (pathname, file) => {
    expect(pagePath(pathname)).toBe(file);
  });

  test.each([
    '/../package.json',
    '/..',
    '/assets/../../package.json',
    '/%2e%2e/package.json',
    '/%2e%2e%2fpackage.json',
    '/..%5cpackage.json',
    '/assets%5c..%5c..%5cpackage.json',
    '/%00.html',
    '/index.html%00.png',
    '/%252e%252e/package.json',
    '//etc/hosts.html',
    '/C:/windows/x.html',
    '/assets//x.js',
    '/./index.html',
    '/secret.db',
    '/.env',
    '/%',
    '',
    'index.html',
  ])('%j is refused', (pathname) => {
    expect(pagePath(pathname)).toBeUndefined();
  });

  test('an ending that is a name of Object is no kind of file', () => {
    expect(pageMediaType('x.constructor')).toBeUndefined();
  });
});
