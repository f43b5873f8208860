import { appHost, appScheme } from '../harden/address.ts';

/** What is looked at of an IPC message's sender; Electron's event and window fit. */
export interface SenderFrame {
  readonly url: string;
  readonly parent: unknown;
}

/**
 * True only where the sender is known, is the very main frame of our window, and stands on our page. A frame that is
 * gone, unknown or has no readable address is refused.
 */
export function isOurPage(frame: SenderFrame | null | undefined, mainFrame: unknown): boolean {
  try {
    if (!frame || !mainFrame || frame !== mainFrame || frame.parent !== null) return false;
    const url = new URL(frame.url);
    return url.protocol === `${appScheme}:` && url.host === appHost;
  } catch {
    // Electron throws on a frame that was disposed of.
    return false;
  }
}
