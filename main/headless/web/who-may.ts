import { timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname } from 'node:os';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The name part of a Host header, lower case, or undefined where there is none that a browser would send. */
function nameOf(host: string | undefined): string | undefined {
  if (!host || /[\s/@\\]/.test(host)) return undefined;
  try {
    return new URL(`http://${host}/`).hostname;
  } catch {
    return undefined;
  }
}

/**
 * True where a request was addressed to this machine by a name no other site can take over. A page elsewhere whose name
 * was pointed here still sends that name. The port is not looked at: a tunnel has its own. A host that was bound beyond
 * loopback on request is also met by address and by the machine's name.
 */
export function isOurHost(host: string | undefined, boundTo: string): boolean {
  const name = nameOf(host);
  if (name === undefined) return false;
  if (loopback.has(name)) return true;
  if (loopback.has(boundTo) || boundTo === '::1') return false;
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0 || name === boundTo.toLowerCase() || name === hostname().toLowerCase();
}

/** True where a WebSocket is asked for by a page that came from this very host; without an origin it is not. */
export function isOurOrigin(origin: string | undefined, host: string | undefined): boolean {
  if (!origin || !host) return false;
  try {
    const url = new URL(origin);
    return (url.protocol === 'http:' || url.protocol === 'https:') && url.host === new URL(`${url.protocol}//${host}/`).host;
  } catch {
    return false;
  }
}

/** Compares in constant time. */
export function isToken(given: string | undefined, token: string): boolean {
  const a = Buffer.from(given ?? '');
  const b = Buffer.from(token);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The token among the subprotocols a browser asked for ("samecell.1, token.…"). */
export function tokenOf(protocols: string | undefined): string | undefined {
  const named = (protocols ?? '').split(',').map((one) => one.trim());
  return named.includes('samecell.1') ? named.find((one) => one.startsWith('token.'))?.slice('token.'.length) : undefined;
}
