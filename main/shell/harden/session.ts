import type { Session } from 'electron';
import { appHost, appScheme } from './address.ts';

/** True for what a page of ours may load: its own files and what it made itself. */
export function mayLoad(address: string, packaged: boolean): boolean {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return false;
  }
  if (url.protocol === `${appScheme}:`) return url.host === appHost;
  if (url.protocol === 'devtools:') return !packaged;
  return url.protocol === 'blob:' || url.protocol === 'data:';
}

/**
 * True for the one thing a page may be allowed: writing text to the clipboard on a click, from the main frame of our
 * page. Everything else (camera, notifications, devices, reading the clipboard, …) is refused.
 */
export function mayDo(permission: string, origin: string | undefined, isMainFrame: boolean): boolean {
  if (permission !== 'clipboard-sanitized-write' || !isMainFrame || !origin) return false;
  try {
    const url = new URL(origin);
    return url.protocol === `${appScheme}:` && url.host === appHost;
  } catch {
    return false;
  }
}

/** Closes a session to everything from outside and to every permission but writing text to the clipboard. */
export function hardenSession(session: Session, options: { packaged: boolean; onBlocked(address: string): void }): void {
  session.webRequest.onBeforeRequest((details, respond) => {
    const cancel = !mayLoad(details.url, options.packaged);
    if (cancel) options.onBlocked(details.url);
    respond({ cancel });
  });
  session.setPermissionRequestHandler((_contents, permission, respond, details) => {
    respond(mayDo(permission, details.requestingUrl, details.isMainFrame));
  });
  session.setPermissionCheckHandler((_contents, permission, origin, details) => mayDo(permission, origin, details.isMainFrame));
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => event.preventDefault());
}
