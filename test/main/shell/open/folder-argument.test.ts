import { describe, expect, test } from 'vitest';
import { folderArgument } from '../../../../main/shell/open/folder-argument.ts';

describe('the folder a start asks for', () => {
  test.each<[string, string[], string | undefined, string | undefined]>([
    ['installed, a full path', ['/opt/samecell', '/data/a'], undefined, '/data/a'],
    ['installed, a relative path', ['/opt/samecell', 'a'], undefined, '/work/a'],
    ['installed, nothing', ['/opt/samecell'], undefined, undefined],
    ['switches are no folders', ['/opt/samecell', '--no-sandbox', '-x', '/data/a'], undefined, '/data/a'],
    ['two folders: the first', ['/opt/samecell', '/data/a', '/data/b'], undefined, '/data/a'],
    ['an address is no folder', ['/opt/samecell', 'https://evil.example/x', 'samecell://x'], undefined, undefined],
    ['a clone, by dot', ['electron', '.', '/data/a'], '/work', '/data/a'],
    ['a clone, by its full path', ['electron', '--inspect=0', '/work', 'a'], '/work', '/work/a'],
    ['a clone, a loader before it', ['electron', '-r', '/x/loader.js', '/work', '/data/a'], '/work', '/data/a'],
    ['a clone, nothing after it', ['electron', '/work'], '/work', undefined],
    ['an empty argument', ['/opt/samecell', '', '/data/a'], undefined, '/data/a'],
    ['a NUL in it', ['/opt/samecell', '/data/\0a'], undefined, undefined],
  ])('%s', (_, argv, appFolder, expected) => {
    expect(folderArgument(argv, '/work', appFolder)).toBe(expected);
  });
});
