import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DecisionEvent } from '../../../../main/core/db/tables/decision-events.ts';
import { decisionsFrom } from '../../../../main/core/review/decisions.ts';

let seq = 0;
const event = (more: Partial<DecisionEvent>): DecisionEvent => {
  seq += 1;
  const at = new Date(seq * 1000).toISOString();
  return { seq, sessionId: 's', groupId: 'a', kind: 'decide', decision: null, note: null, targetSeq: null, reviewer: '', at, ...more };
};
const decide = (groupId: string, decision: DecisionEvent['decision']) => event({ groupId, decision });
const back = (target: DecisionEvent, kind: 'undo' | 'redo') => event({ groupId: target.groupId, kind, targetSeq: target.seq });

const words = (events: DecisionEvent[]) =>
  Object.fromEntries([...decisionsFrom(events).current].map(([groupId, { decision }]) => [groupId, decision]));

test('the newest standing decision of a group counts', () => {
  const first = decide('a', 'merge');
  const second = decide('a', 'unsure');
  expect(words([first, second])).toEqual({ a: 'unsure' });
  expect(words([first, second, back(second, 'undo')])).toEqual({ a: 'merge' });
  expect(words([first, second, back(second, 'undo'), back(first, 'undo')])).toEqual({});
});

test('a new decision ends redoing', () => {
  const first = decide('a', 'merge');
  const events = [first, back(first, 'undo')];
  expect(decisionsFrom(events).redoable).toBe(first);
  events.push(decide('b', 'not merge'));
  expect(decisionsFrom(events).redoable).toBeUndefined();
  expect(words(events)).toEqual({ b: 'not merge' });
});

test('events that do not follow from those before them are refused', () => {
  const first = decide('a', 'merge');
  const second = decide('b', 'merge');
  expect(() => decisionsFrom([first, second, back(first, 'undo')])).toThrow('does not follow');
});

test('undo and redo behave as two stacks, whatever is done', () => {
  const action = fc.oneof(
    fc.record({
      kind: fc.constant('decide' as const),
      group: fc.constantFrom('a', 'b', 'c'),
      word: fc.constantFrom('merge' as const, 'not merge' as const),
    }),
    fc.record({ kind: fc.constantFrom('undo' as const, 'redo' as const) }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
      const events: DecisionEvent[] = [];
      let standing: [string, string][] = [];
      let undone: [string, string][] = [];
      for (const one of actions) {
        const { undoable, redoable } = decisionsFrom(events);
        if (one.kind === 'decide') {
          events.push(decide(one.group, one.word));
          standing = [...standing, [one.group, one.word]];
          undone = [];
        } else {
          const target = one.kind === 'undo' ? undoable : redoable;
          expect(target !== undefined).toBe((one.kind === 'undo' ? standing : undone).length > 0);
          if (!target) continue;
          events.push(back(target, one.kind));
          if (one.kind === 'undo') undone = [...undone, standing.pop() as [string, string]];
          else standing = [...standing, undone.pop() as [string, string]];
        }
      }
      expect(words(events)).toEqual(Object.fromEntries(standing));
    }),
  );
});
