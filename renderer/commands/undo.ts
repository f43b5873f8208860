import { say } from '../state/live.ts';
import { usePlace } from '../state/place.ts';
import { useAct } from '../state/queries.ts';
import { useCommand } from './live-commands.ts';

/** Undo and redo of decisions, on every screen of a session. The group it concerns is shown next. */
export function useUndo(sessionId: string): void {
  const undo = useAct('review.undo');
  const redo = useAct('review.redo');
  useCommand('review.undo', async () => {
    const answer = await undo.act({ sessionId });
    if (!answer) return;
    say(answer.groupId === null ? 'Nothing to undo.' : 'Decision undone.');
    if (answer.groupId !== null) usePlace.getState().showGroup(answer.groupId);
  });
  useCommand('review.redo', async () => {
    const answer = await redo.act({ sessionId });
    if (!answer) return;
    say(answer.groupId === null ? 'Nothing to redo.' : 'Decision made again.');
    if (answer.groupId !== null) usePlace.getState().showGroup(answer.groupId);
  });
}
