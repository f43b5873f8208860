import { expect, test } from 'vitest';
import { Failure } from '../../../../app/failure.ts';
import { createOpening } from '../../../../main/shell/open/opening.ts';

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

function opening(grant: (path: string) => Promise<{ grant: string; name: string; display: string }>) {
  const arrived: string[] = [];
  const problems: string[] = [];
  return {
    arrived,
    problems,
    ...createOpening({ grant, onArrived: ({ grant }) => arrived.push(grant), onProblem: (text) => problems.push(text) }),
  };
}
const granting = async (path: string) => ({ grant: `token-of-${path}`, name: path, display: path });

test('a folder given at the start waits for the window and is handed out once', async () => {
  const { open, atStart, arrived } = opening(granting);
  open('/a');
  expect(await atStart()).toEqual({ openAtStart: 'token-of-/a' });
  expect(await atStart()).toEqual({});
  expect(arrived).toEqual([]);
});

test('one that comes later arrives as an event', async () => {
  const { open, atStart, arrived } = opening(granting);
  expect(await atStart()).toEqual({});
  open('/b');
  await settle();
  expect(arrived).toEqual(['token-of-/b']);
});

test('one that can’t be granted says why', async () => {
  const { open, atStart } = opening(() => Promise.reject(new Failure('input.notFound', 'There is no folder /gone.')));
  open('/gone');
  expect(await atStart()).toEqual({ startProblem: 'There is no folder /gone.' });
});
