import { expect, test } from 'vitest';
import { giveCommand, useLiveCommands } from '../../../renderer/commands/live-commands.ts';

test('a command nobody answers to is not taken', () => {
  expect(giveCommand('review.same')).toBe(false);
});

test('the newest claim answers', () => {
  const told: string[] = [];
  useLiveCommands.setState({ claims: new Map([['review.same', [() => told.push('old'), () => told.push('new')]]]) });
  expect(giveCommand('review.same')).toBe(true);
  expect(told).toEqual(['new']);
  useLiveCommands.setState({ claims: new Map() });
});
