import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { calls } from '../../app/contract/calls.ts';

const root = join(import.meta.dirname, '..', '..');

function sources(folder: string): [string, string][] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|tsx|mts)$/.test(name))
    .map((name) => join(root, folder, name))
    .map((file) => [relative(root, file), readFileSync(file, 'utf8')]);
}

/** Rules that no linter of ours knows: what breaks them, and where. Each is held against a canary below. */
const rules = {
  'the window takes types only from the analyzer, candidates, evidence and judges': {
    folder: 'renderer',
    breaks: (text: string) =>
      [...text.matchAll(/^(?:import|export)\s+(?!type\b)([^;]*?)\s+from\s+'[^']*\/app\/(?:analyzer|candidates|evidence|judges)\//gm)].some(
        ([, names]) =>
          names
            .replace(/[{}]/g, '')
            .split(',')
            .some((name) => name.trim() !== '' && !name.trim().startsWith('type ')),
      ) || /import\('[^']*\/app\/(?:analyzer|candidates|evidence|judges)\//.test(text),
    canary: "import { openAnalyzer } from '../app/analyzer/open.ts';",
    fine: "import type { AnalyzerView } from '../app/analyzer/view.ts';",
  },
  'SQL is written out: no value is put into it as text': {
    folder: 'main',
    breaks: (text: string) => /\.(?:prepare|exec)\(\s*`[^`]*\$\{/.test(text),
    canary: ['database.prepare(`select * from units where name = $', '{name}`);'].join(''),
    fine: "database.prepare('select * from units where name = ?');",
  },
  'SQL is prepared in main/core/db only': {
    folder: 'main',
    breaks: (text: string, file: string) => /\bfrom 'better-sqlite3'/.test(text) && !file.startsWith('main/core/db/'),
    canary: "import Database from 'better-sqlite3';",
    fine: "import { openDatabase } from './db/open.ts';",
  },
  'no page text is made of markup': {
    folder: 'renderer',
    breaks: (text: string) => /dangerouslySetInnerHTML|\.innerHTML\s*=|insertAdjacentHTML|document\.write/.test(text),
    canary: 'element.innerHTML = label;',
    fine: 'element.textContent = label;',
  },
  'the window does not speak to the network itself': {
    folder: 'renderer',
    breaks: (text: string, file: string) =>
      /\bfetch\(|XMLHttpRequest|EventSource|sendBeacon/.test(text) || (/new WebSocket/.test(text) && file !== 'renderer/bridge-web.ts'),
    canary: "await fetch('https://example.com');",
    fine: "await client.ask('app.state', {});",
  },
  'the shell never runs code in a page': {
    folder: 'main/shell',
    breaks: (text: string) => /executeJavaScript|insertCSS/.test(text),
    canary: "window.webContents.executeJavaScript('1');",
    fine: "window.webContents.send('x');",
  },
  'nothing updates or reports by itself': {
    folder: 'main',
    breaks: (text: string) => /autoUpdater|electron-updater|uploadToServer: true/.test(text),
    canary: "import { autoUpdater } from 'electron';",
    fine: "import { app } from 'electron';",
  },
} satisfies Record<string, { folder: string; breaks: (text: string, file: string) => boolean; canary: string; fine: string }>;

describe.each(Object.entries(rules))('%s', (_, { folder, breaks, canary, fine }) => {
  test('in every source', () => {
    const all = sources(folder);
    expect(all.length).toBeGreaterThan(0);
    expect(all.filter(([file, text]) => breaks(text, file)).map(([file]) => file)).toEqual([]);
  });

  test('and a canary is heard', () => {
    expect(breaks(canary, `${folder}/canary.ts`)).toBe(true);
    expect(breaks(fine, `${folder}/canary.ts`)).toBe(false);
  });
});

describe('the contract', () => {
  /** Names of text fields, at any depth of objects. */
  const textFields = (schema: unknown): string[] => {
    const shape = (schema as { shape?: Record<string, { type: string }> }).shape;
    return Object.entries(shape ?? {}).flatMap(([name, inner]) => [...(inner.type === 'string' ? [name] : []), ...textFields(inner)]);
  };

  test('carries a path in one call only', () => {
    const carrying = Object.entries(calls).filter(([, call]) => textFields(call.input).some((name) => /path|folder$|file$/i.test(name)));
    expect(carrying.map(([name]) => name)).toEqual(['grant.folder']);
  });

  test('gives no secret out: what the vault answers has no free text', () => {
    for (const [name, call] of Object.entries(calls).filter(([name]) => name.startsWith('vault.'))) {
      const kinds = Object.values((call.output as unknown as { shape: Record<string, { type: string }> }).shape).map(({ type }) => type);
      expect([name, kinds.filter((kind) => kind !== 'boolean' && kind !== 'enum')]).toEqual([name, []]);
    }
  });

  test('names calls domain.verb and has no way to read a key back', () => {
    for (const name of Object.keys(calls)) expect(name).toMatch(/^[a-z]+\.[a-zA-Z]+$/);
    expect(Object.keys(calls).filter((name) => /getKey|readKey|showKey/i.test(name))).toEqual([]);
  });
});
