import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { BrowserWindow } from 'electron';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bridge } from '../../app/contract/messages.ts';
import { startDisplay } from './display.ts';
import { type Started, startElectron } from './electron.ts';
import { type House, openHouse } from './house.ts';

declare global {
  interface Window {
    readonly bridge?: Bridge;
  }
}

let house: House;
let display: { display: string; close(): Promise<void> };
let started: Started;
let trap: Server;
const trapped: string[] = [];

// One application for all of these: each test leaves the page as it was.
beforeAll(async () => {
  house = openHouse();
  display = await startDisplay();
  trap = createServer((request, response) => {
    trapped.push(request.url ?? '');
    response.writeHead(302, { location: 'https://example.invalid/' });
    response.end();
  }).listen(0, '127.0.0.1');
  started = await startElectron({ house, display: display.display });
});

afterAll(async () => {
  await started?.close();
  await display?.close();
  trap?.close();
  house?.close();
});

const trapAddress = () => `http://127.0.0.1:${(trap.address() as AddressInfo).port}/`;
const here = 'app://samecell/index.html';

/** Asks over the bridge as any script in the page could. */
function ask(name: unknown, input: unknown): Promise<{ ok: boolean; value?: unknown; failure?: { kind: string; message: string } }> {
  return started.page.evaluate(
    ([name, input]) =>
      new Promise((resolve) => {
        const id = Math.floor(Math.random() * 1e9) + 1e9;
        const stop = window.bridge!.listen((message) => {
          if (message.type !== 'reply' || message.id !== id) return;
          stop();
          resolve(message.result as never);
        });
        window.bridge!.send({ type: 'ask', id, name: name as string, input });
      }),
    [name, input] as const,
  );
}

describe('the page', () => {
  test('is served from its own scheme and shows the start screen', async () => {
    expect(started.page.url()).toBe(here);
    await started.page.getByRole('button', { name: /Open the demo/i }).waitFor();
  });

  test('has the bridge with its three parts and nothing of Node or Electron', async () => {
    const seen = await started.page.evaluate(() => ({
      bridge: Object.keys(window.bridge!).sort(),
      globals: ['require', 'process', 'module', 'exports', 'global', 'Buffer', '__dirname', 'electron', 'ipcRenderer'].filter(
        (name) => typeof (globalThis as Record<string, unknown>)[name] !== 'undefined',
      ),
    }));
    expect(seen).toEqual({ bridge: ['listen', 'pathOfDropped', 'send'], globals: [] });
  });

  test('can’t change the bridge', async () => {
    const kept = await started.page.evaluate(() => {
      const before = window.bridge!.send;
      try {
        (window as unknown as { bridge: unknown }).bridge = { send: () => undefined };
        (window.bridge as unknown as { send: unknown }).send = () => undefined;
      } catch {}
      return window.bridge!.send === before;
    });
    expect(kept).toBe(true);
  });

  test('can’t harm the bridge by changing what it is built on', async () => {
    const page = await started.app.context().pages()[0];
    await page.evaluate(() => {
      const saved = { map: Array.prototype.map, parse: JSON.parse };
      (window as unknown as { saved: typeof saved }).saved = saved;
      Array.prototype.map = () => {
        throw new Error('poisoned');
      };
      JSON.parse = () => {
        throw new Error('poisoned');
      };
    });
    try {
      expect(await ask('app.state', {})).toMatchObject({ ok: true, value: { host: 'electron' } });
    } finally {
      await page.evaluate(() => {
        const { saved } = window as unknown as { saved: { map: typeof Array.prototype.map; parse: typeof JSON.parse } };
        Array.prototype.map = saved.map;
        JSON.parse = saved.parse;
      });
    }
  });
});

describe('the sandbox', () => {
  test('holds the page: its process runs under a system call filter, not as root', async () => {
    expect(house.sandboxed, 'This machine lets no user make a namespace, so Chromium’s sandbox can’t be tried here.').toBe(true);
    const pid = await started.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].webContents.getOSProcessId());
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    expect(/^Seccomp:\s*(\d)/m.exec(status)?.[1]).toBe('2');
    expect(/^Uid:\s*(\d+)/m.exec(status)?.[1]).not.toBe('0');
  });

  test('the window was made with it, isolated and without Node', async () => {
    const preferences = await started.app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0].webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
      const { contextIsolation, sandbox, nodeIntegration, webSecurity, webviewTag } = contents.getLastWebPreferences();
      return { contextIsolation, sandbox, nodeIntegration, webSecurity, webviewTag };
    });
    expect(preferences).toEqual({ contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true, webviewTag: false });
  });
});

describe('the content policy', () => {
  const violation = (act: string) =>
    started.page.evaluate(
      (act) =>
        new Promise<string>((resolve) => {
          const timer = setTimeout(() => resolve('none'), 3000);
          document.addEventListener(
            'securitypolicyviolation',
            (event) => {
              clearTimeout(timer);
              resolve(event.effectiveDirective);
            },
            { once: true },
          );
          const acts: Record<string, () => void> = {
            'inline script': () => {
              const script = document.createElement('script');
              script.textContent = 'window.wasInline = true';
              document.body.append(script);
            },
            'script from elsewhere': () => {
              const script = document.createElement('script');
              script.src = 'https://example.invalid/x.js';
              document.body.append(script);
            },
            // Later, since what the test itself evaluates here is let through.
            eval: () => void setTimeout('window.wasInline = true', 0),
            'new function': () => void setTimeout(() => new Function('window.wasInline = true')(), 0),
            'inline handler': () => {
              const element = document.createElement('div');
              element.setAttribute('onclick', 'window.wasInline = true');
              document.body.append(element);
              element.click();
            },
            'style without nonce': () => {
              const style = document.createElement('style');
              style.textContent = 'body { outline: 1px solid red }';
              document.body.append(style);
            },
            fetch: () => void fetch('https://example.invalid/').catch(() => undefined),
            'picture from elsewhere': () => {
              const image = document.createElement('img');
              image.src = 'https://example.invalid/x.png';
              document.body.append(image);
            },
            websocket: () => {
              try {
                new WebSocket('wss://example.invalid/');
              } catch {}
            },
            frame: () => {
              const frame = document.createElement('iframe');
              frame.src = 'https://example.invalid/';
              document.body.append(frame);
            },
            'base address': () => {
              const base = document.createElement('base');
              base.href = 'https://example.invalid/';
              document.head.append(base);
            },
          };
          acts[act]();
        }),
      act,
    );

  test.each([
    ['inline script', 'script-src-elem'],
    ['script from elsewhere', 'script-src-elem'],
    ['eval', 'script-src'],
    ['new function', 'script-src'],
    ['inline handler', 'script-src-attr'],
    ['style without nonce', 'style-src-elem'],
    ['fetch', 'connect-src'],
    ['picture from elsewhere', 'img-src'],
    ['websocket', 'connect-src'],
    ['frame', 'frame-src'],
    ['base address', 'base-uri'],
  ])('stops: %s', async (act, directive) => {
    expect(await violation(act)).toBe(directive);
    expect(await started.page.evaluate(() => 'wasInline' in window)).toBe(false);
  });
});

describe('navigation', () => {
  const acts: Record<string, string> = {
    'another address': `location.href = 'https://example.invalid/'`,
    'a local server that redirects': 'location.href = trap',
    'a file': `location.href = 'file:///etc/passwd'`,
    'a data address': `location.href = 'data:text/html,<h1>x</h1>'`,
    'a link': `const a = document.createElement('a'); a.href = 'https://example.invalid/'; document.body.append(a); a.click()`,
    'a link in a new window': `const a = document.createElement('a'); a.href = 'https://example.invalid/'; a.target = '_blank'; document.body.append(a); a.click()`,
    'window.open': `window.open('https://example.invalid/')`,
    'window.open of the page itself': 'window.open(location.href)',
    'a form': `const f = document.createElement('form'); f.action = trap; document.body.append(f); f.submit()`,
    'replace by another page of ours': `location.replace('app://elsewhere/index.html')`,
  };

  test.each(Object.keys(acts))('%s leads nowhere', async (what) => {
    const before = trapped.length;
    await started.app.evaluate(
      ({ BrowserWindow }, code) => BrowserWindow.getAllWindows()[0].webContents.executeJavaScript(`{ ${code} }; 0`, true),
      acts[what].replaceAll('trap', JSON.stringify(trapAddress())),
    );
    await started.page.waitForTimeout(300);
    expect(started.page.url()).toBe(here);
    expect(await started.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    expect(trapped.length).toBe(before);
    expect(await started.page.evaluate(() => typeof window.bridge)).toBe('object');
  });

  test('a file dropped on the window does not replace the page', async () => {
    await started.page.evaluate(() => {
      const data = new DataTransfer();
      data.items.add(new File(['<h1>evil</h1>'], 'evil.html', { type: 'text/html' }));
      for (const type of ['dragenter', 'dragover', 'drop'])
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
    });
    await started.page.waitForTimeout(300);
    expect(started.page.url()).toBe(here);
  });

  test('a frame made of text has no bridge', async () => {
    const seen = await started.page.evaluate(async () => {
      const frame = document.createElement('iframe');
      frame.srcdoc = '<p>inside</p>';
      document.body.append(frame);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const inside = frame.contentWindow as unknown as { bridge?: unknown; require?: unknown } | null;
      const kinds = [typeof inside?.bridge, typeof inside?.require];
      frame.remove();
      return kinds;
    });
    expect(seen).toEqual(['undefined', 'undefined']);
  });

  test('a webview is only an unknown element', async () => {
    const kind = await started.page.evaluate(() => {
      const element = document.createElement('webview');
      return [element.constructor.name, typeof (element as unknown as { loadURL?: unknown }).loadURL];
    });
    expect(kind).toEqual(['HTMLElement', 'undefined']);
  });
});

describe('permissions', () => {
  test.each(['notifications', 'geolocation', 'camera', 'microphone', 'midi', 'clipboard-read'])('%s is refused', async (name) => {
    const state = await started.page.evaluate(
      async (name) => (await navigator.permissions.query({ name: name as PermissionName })).state,
      name,
    );
    expect(state).toBe('denied');
  });

  test('camera and notifications are refused when asked for', async () => {
    const refused = await started.page.evaluate(async () => [
      await navigator.mediaDevices.getUserMedia({ audio: true }).then(
        () => 'granted',
        (error: Error) => error.name,
      ),
      await Notification.requestPermission(),
    ]);
    expect(refused[0]).toMatch(/NotAllowedError|NotFoundError/);
    expect(refused[1]).toBe('denied');
  });

  test('a snippet can be copied on a click', async () => {
    const said = await started.app.evaluate(({ BrowserWindow }) => {
      const { webContents } = BrowserWindow.getAllWindows()[0];
      webContents.focus();
      return webContents.executeJavaScript("navigator.clipboard.writeText('analyzer.compute()').then(() => 'done', String)", true);
    });
    expect(said).toBe('done');
    await expect.poll(() => started.app.evaluate(({ clipboard }) => clipboard.readText())).toBe('analyzer.compute()');
  });
});

describe('the door', () => {
  test.each([
    ['a name that does not exist', 'vault.getKey', {}, 'ipc.forbidden'],
    ['an inherited name', 'constructor', {}, 'ipc.forbidden'],
    ['a name that is no text', 42, {}, 'ipc.forbidden'],
    ['a wrong shape', 'review.decide', { decision: 'maybe' }, 'ipc.invalid'],
    ['a field too many', 'app.showLog', { path: '/etc/passwd' }, 'ipc.invalid'],
    ['a folder that was not dropped', 'grant.folder', { path: '/etc', purpose: 'analyzer' }, 'ipc.forbidden'],
    ['a grant that was never given', 'analyzer.open', { grant: 'made-up-token' }, 'ipc.forbidden'],
    ['a link that is not listed', 'app.openLink', { link: 'https://evil.example' }, 'ipc.invalid'],
  ])('refuses %s', async (_, name, input, kind) => {
    const answer = await ask(name, input);
    expect(answer).toMatchObject({ ok: false, failure: { kind } });
    expect(JSON.stringify(answer)).not.toMatch(/\bat \/|node_modules|\.ts:\d/);
  });

  test('takes nothing from another page in the same application', async () => {
    const refused = await started.app.evaluate(
      async ({ BrowserWindow }, preload) => {
        const other: BrowserWindow = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true, contextIsolation: true } });
        try {
          await other.loadURL('data:text/html,other').catch(() => undefined);
          return await other.webContents.executeJavaScript(
            `typeof bridge === 'undefined' ? 'no bridge' : new Promise((done) => { bridge.listen(() => done('answered')); bridge.send({ type: 'ask', id: 1, name: 'app.state', input: {} }); setTimeout(() => done('silence'), 1000); })`,
          );
        } finally {
          other.destroy();
        }
      },
      join(house.folder, 'out', 'preload', 'index.cjs'),
    );
    expect(refused).toBe('silence');
  });
});

describe('what leaves the page', () => {
  test('nothing was asked for beyond its own files, and what was tried is in the log', async () => {
    const refused = started.log().filter((line) => line.what === 'harden');
    expect(refused.length).toBeGreaterThan(0);
    expect(trapped).toEqual([]);
  });

  test('a request that the policy would let through is stopped by the session too', async () => {
    const outcome = await started.app.evaluate(
      ({ session }, address) =>
        new Promise<string>((resolve) => {
          const { net } = process.mainModule!.require('electron') as typeof import('electron');
          const request = net.request({ url: address, session: session.defaultSession });
          request.on('response', () => resolve('answered'));
          request.on('error', (error) => resolve(error.message));
          request.end();
        }),
      trapAddress(),
    );
    expect(outcome).toContain('ERR_BLOCKED_BY_CLIENT');
  });

  test('crash reports stay on this machine', async () => {
    expect(await started.app.evaluate(({ crashReporter }) => crashReporter.getUploadToServer())).toBe(false);
    expect(existsSync(join(started.dataFolder, 'window', 'crashes'))).toBe(true);
  });
});
