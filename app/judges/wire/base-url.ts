import { Failure } from '../../failure.ts';

declare const URL: new (
  text: string,
) => {
  readonly protocol: string;
  readonly hostname: string;
  readonly origin: string;
  readonly pathname: string;
  readonly username: string;
  readonly password: string;
  readonly search: string;
  readonly hash: string;
};

/**
 * An address that a person entered, without its trailing slash. Encrypted anywhere; unencrypted only on this
 * machine or a private network, since the key and the pictures travel along. Throws `input.invalid`.
 */
export function checkedBaseUrl(text: string, title: string): string {
  let url: InstanceType<typeof URL>;
  try {
    url = new URL(text.trim());
  } catch {
    throw new Failure('input.invalid', `The address for ${title} is not a URL. Enter one such as http://127.0.0.1:11434/v1.`, {
      field: 'baseUrl',
    });
  }
  const refuse = (why: string) => {
    throw new Failure('input.invalid', `The address for ${title} can't be used: ${why}.`, { field: 'baseUrl' });
  };
  if (url.protocol !== 'https:' && url.protocol !== 'http:') refuse('it must start with https:// or http://');
  if (url.username !== '' || url.password !== '') refuse('it must not hold a user name or password; enter the key in its own field');
  if (url.search !== '' || url.hash !== '') refuse('it must end with its path, without "?" or "#"');
  if (url.protocol === 'http:' && !isPrivateHost(url.hostname))
    refuse(`"${url.hostname}" is not on this machine or a private network, so it must start with https://`);
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/** The address with the ending, put there where it has no path at all. */
export function withPath(baseUrl: string, path: string): string {
  return new URL(baseUrl).pathname === '/' ? baseUrl + path : baseUrl;
}

/** The address without the ending, for SDKs that add it themselves. */
export function withoutPath(baseUrl: string, path: string): string {
  return baseUrl.endsWith(path) ? baseUrl.slice(0, -path.length) : baseUrl;
}

/** This machine itself: "localhost", 127.0.0.0/8, ::1. Host name as a URL gives it. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** This machine, private and link-local ranges, and names that only a local network knows. */
export function isPrivateHost(hostname: string): boolean {
  if (isLoopbackHost(hostname)) return true;
  const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(hostname);
  if (parts) {
    const [first, second] = [Number(parts[1]), Number(parts[2])];
    return (
      first === 10 ||
      (first === 172 && second >= 16 && second < 32) ||
      (first === 192 && second === 168) ||
      (first === 169 && second === 254) ||
      (first === 100 && second >= 64 && second < 128)
    );
  }
  if (hostname.startsWith('[')) return /^\[(f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]):/.test(hostname);
  return !hostname.includes('.') || /\.(local|lan|internal|home\.arpa)$/.test(hostname);
}
