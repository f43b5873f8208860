import type { Keymap } from '../keymap.ts';

export const phyKeymap: Keymap = {
  id: 'phy',
  title: 'phy',
  source: 'As phy: G merges, Space goes on; Alt+Backspace refuses and Alt+Down/Up walk the proposals, as in its merge review.',
  keys: {
    'review.same': ['G'],
    'review.different': ['Alt+Backspace'],
    'review.unsure': ['Alt+U'],
    'review.next': ['Space', 'Alt+ArrowDown'],
    'review.previous': ['Shift+Space', 'Alt+ArrowUp'],
    'review.note': ['L'],
    'example.good': ['E'],
    'example.bad': ['Shift+E'],
    'judge.group': ['J'],
  },
};
