/** What the built page holds where its host writes the nonce of this load. */
export const nonceMark = '__STYLE_NONCE__';

/**
 * The policy every page is served under, in the window and in a browser alike. Nothing from elsewhere, no inline script,
 * no eval; `nonce` admits the style elements of this load, `connect` the host's own WebSocket.
 */
export function contentPolicy(nonce: string, connect = "'self'"): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' blob: data:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');
}

/** Headers that go with every file of the page. */
export function pageHeaders(policy: string): Record<string, string> {
  return {
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-cache',
  };
}

const mediaTypes: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
  woff: 'font/woff',
  wasm: 'application/wasm',
};

/** The media type of a file by its ending, or undefined for one the page has no business with. */
export function pageMediaType(file: string): string | undefined {
  const ending = file.slice(file.lastIndexOf('.') + 1).toLowerCase();
  return Object.hasOwn(mediaTypes, ending) ? mediaTypes[ending] : undefined;
}

/**
 * The file a request's path names, relative to the page's folder ("assets/x.js"), or undefined for anything that could
 * lead out of it or is no kind of file a page is made of. The path is decoded once; what is still encoded then is refused.
 */
export function pagePath(pathname: string): string | undefined {
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  if (!path.startsWith('/')) return undefined;
  const relative = path === '/' ? 'index.html' : path.slice(1);
  if (!/^[A-Za-z0-9._/-]+$/.test(relative)) return undefined;
  if (relative.split('/').some((part) => part === '' || part === '.' || part === '..')) return undefined;
  return pageMediaType(relative) ? relative : undefined;
}
