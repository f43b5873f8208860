import type { BrowserWindowConstructorOptions, Rectangle } from 'electron';

export interface WindowChoices {
  readonly preload: string;
  readonly dark: boolean;
  readonly packaged: boolean;
  readonly bounds: Partial<Rectangle> & { readonly width: number; readonly height: number };
}

/** Everything a window of ours is made with; each safety setting is written out though it is Electron's default. */
export function windowOptions(choices: WindowChoices): BrowserWindowConstructorOptions {
  return {
    ...choices.bounds,
    minWidth: 720,
    minHeight: 560,
    show: false,
    title: 'Samecell',
    backgroundColor: choices.dark ? '#16181b' : '#ffffff',
    webPreferences: {
      preload: choices.preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false,
      devTools: !choices.packaged,
    },
  };
}
