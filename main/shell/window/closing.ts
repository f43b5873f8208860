import { type BrowserWindow, dialog } from 'electron';

/** While groups are being asked about, asks before the window closes; true where it may. */
export function mayClose(window: BrowserWindow, runningGroups: number): boolean {
  if (!(runningGroups > 0)) return true;
  const answer = dialog.showMessageBoxSync(window, {
    type: 'question',
    message: `${runningGroups} ${runningGroups === 1 ? 'group is' : 'groups are'} still to be judged.`,
    detail: 'Verdicts that came in are kept. The run goes on from there when you resume it.',
    buttons: ['Keep Running', 'Stop and Quit'],
    defaultId: 0,
    cancelId: 0,
  });
  return answer === 1;
}
