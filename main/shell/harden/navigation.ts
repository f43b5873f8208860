import type { App, WebContents } from 'electron';

type Prevented = { preventDefault(): void };

/** No page of ours ever leaves its address, opens another window or attaches a webview. */
export function guardContents(contents: WebContents, onBlocked: (what: string) => void): void {
  const refuse = (what: string) => (event: Prevented) => {
    event.preventDefault();
    onBlocked(what);
  };
  contents.on('will-navigate', refuse('navigate'));
  contents.on('will-frame-navigate', refuse('frame-navigate'));
  contents.on('will-redirect', refuse('redirect'));
  contents.on('will-attach-webview', refuse('webview'));
  contents.setWindowOpenHandler(() => {
    onBlocked('window');
    return { action: 'deny' };
  });
}

/** Puts the guard on every page the moment it exists. */
export function guardEveryPage(app: App, onBlocked: (what: string) => void): void {
  app.on('web-contents-created', (_event, contents) => guardContents(contents, onBlocked));
}
