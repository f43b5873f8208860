import { beforeEach, expect, test } from 'vitest';
import { usePlace } from '../../../renderer/state/place.ts';

beforeEach(() => usePlace.setState({ screen: 'start', sessionId: undefined, groupId: undefined, paletteOpen: false }));

test('another session begins without the group and the choice of the last one', () => {
  const place = usePlace.getState();
  place.openSession('one', 'candidates');
  place.setOnlyChosen(true);
  place.reviewGroup('a');
  expect(usePlace.getState()).toMatchObject({ screen: 'review', sessionId: 'one', groupId: 'a', onlyChosen: true });
  place.openSession('two', 'overview');
  expect(usePlace.getState()).toMatchObject({ screen: 'overview', sessionId: 'two', groupId: undefined, onlyChosen: false });
});

test('going to a screen closes the palette and keeps the session', () => {
  const place = usePlace.getState();
  place.openSession('one', 'review');
  place.setPaletteOpen(true);
  place.goTo('history');
  expect(usePlace.getState()).toMatchObject({ screen: 'history', sessionId: 'one', paletteOpen: false });
});
