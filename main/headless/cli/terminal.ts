import { isTerminal, print } from './print.ts';

/** The two streams of a command, and whether a person watches. */
export interface Terminal {
  /** Result of the command. */
  out(text: string): void;
  /** Everything else; one line. */
  note(text: string): void;
  readonly progress: ProgressBar;
}

export interface ProgressBar {
  show(done: number, total: number, what: string): void;
  clear(): void;
}

const barWidth = 28;

/** Notes are left out with `quiet`; the bar is drawn only where both streams are a terminal. */
export function createTerminal(quiet: boolean): Terminal {
  const watched = !quiet && isTerminal('out') && isTerminal('error');
  let shown = false;
  const progress: ProgressBar = {
    show(done, total, what) {
      if (!watched) return;
      shown = true;
      const filled = total > 0 ? Math.round((barWidth * Math.min(done, total)) / total) : 0;
      const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
      print('error', `\r\u001b[2K${bar} ${total > 0 ? `${done}/${total} ` : ''}${what.slice(0, 60)}`);
    },
    clear() {
      if (!shown) return;
      shown = false;
      print('error', '\r\u001b[2K');
    },
  };
  return {
    out(text) {
      progress.clear();
      print('out', text);
    },
    note(text) {
      if (quiet) return;
      progress.clear();
      print('error', `${text}\n`);
    },
    progress,
  };
}
