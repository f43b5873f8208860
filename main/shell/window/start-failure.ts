import { dialog, shell } from 'electron';
import type { Failure } from '../../../app/failure.ts';
import type { Record } from '../record/record.ts';

/** Says why the application can't start and asks what to do: another data folder, the log, or quit. */
export async function askAfterStartFailure(
  failure: Failure,
  options: { dataFolder: string; record: Record },
): Promise<{ readonly dataFolder: string } | 'quit'> {
  for (;;) {
    const { response } = await dialog.showMessageBox({
      type: 'error',
      title: 'Samecell',
      message: 'Samecell can’t start.',
      detail: `${failure.message}\n\nIts data folder is ${options.dataFolder}`,
      buttons: ['Try Again', 'Use Another Folder…', 'Show Log File', 'Quit'],
      defaultId: 0,
      cancelId: 3,
      noLink: true,
    });
    if (response === 0) return { dataFolder: options.dataFolder };
    if (response === 3) return 'quit';
    if (response === 2) {
      shell.showItemInFolder(options.record.file);
      continue;
    }
    const chosen = await dialog.showOpenDialog({ title: 'Data folder for this start', properties: ['openDirectory', 'createDirectory'] });
    if (!chosen.canceled && chosen.filePaths[0]) return { dataFolder: chosen.filePaths[0] };
  }
}
