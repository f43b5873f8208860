import type { Keymap } from '../keymap.ts';

export const spikeinterfaceGuiKeymap: Keymap = {
  id: 'spikeinterface-gui',
  title: 'spikeinterface-gui',
  source: 'As the merge view of spikeinterface-gui: Control+A accepts, the arrows move; it has no keys for “different” and “unsure”.',
  keys: {
    'review.same': ['Ctrl+A'],
    'review.different': ['Ctrl+D'],
    'review.unsure': ['Ctrl+U'],
    'review.next': ['ArrowDown'],
    'review.previous': ['ArrowUp'],
    'review.note': ['L'],
    'example.good': ['E'],
    'example.bad': ['Shift+E'],
    'judge.group': ['J'],
  },
};
