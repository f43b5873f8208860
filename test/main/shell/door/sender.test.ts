import { describe, expect, test } from 'vitest';
import { isOurPage } from '../../../../main/shell/door/sender.ts';

const frame = (url: string, parent: unknown = null) => ({ url, parent });

describe('a sender', () => {
  test('is our page in the main frame of our window', () => {
    const main = frame('app://samecell/index.html');
    expect(isOurPage(main, main)).toBe(true);
  });

  test('is refused where it is unknown', () => {
    const main = frame('app://samecell/index.html');
    expect(isOurPage(null, main)).toBe(false);
    expect(isOurPage(undefined, main)).toBe(false);
    expect(isOurPage(main, undefined)).toBe(false);
    expect(isOurPage(null, null)).toBe(false);
  });

  test('is refused in another frame, even one with our address', () => {
    const main = frame('app://samecell/index.html');
    expect(isOurPage(frame('app://samecell/index.html'), main)).toBe(false);
    const child = frame('app://samecell/index.html', main);
    expect(isOurPage(child, child)).toBe(false);
  });

  test.each([
    'https://samecell/',
    'app://samecell.evil/',
    'app://evil/samecell',
    'app:samecell',
    'application://samecell/',
    'about:srcdoc',
    'about:blank',
    'data:text/html,x',
    'file:///app://samecell/',
    '',
    'app',
  ])('is refused at %s', (url) => {
    const main = frame(url);
    expect(isOurPage(main, main)).toBe(false);
  });

  test('is refused where the frame was disposed of', () => {
    const gone = {
      parent: null,
      get url(): string {
        throw new Error('Render frame was disposed before WebFrameMain could be accessed');
      },
    };
    expect(isOurPage(gone, gone)).toBe(false);
  });
});
