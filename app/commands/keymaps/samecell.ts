import type { Keymap } from '../keymap.ts';

export const samecellKeymap: Keymap = {
  id: 'samecell',
  title: 'Samecell',
  source: 'One key a decision; the arrows move.',
  keys: {
    'review.same': ['G'],
    'review.different': ['Backspace'],
    'review.unsure': ['U'],
    'review.next': ['ArrowRight', 'Space'],
    'review.previous': ['ArrowLeft', 'Shift+Space'],
    'review.note': ['N'],
    'example.good': ['E'],
    'example.bad': ['Shift+E'],
    'judge.group': ['J'],
  },
};
