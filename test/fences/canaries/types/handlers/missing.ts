import type { HandlersOf } from '../../../../../app/contract/calls.ts';

export const canary: HandlersOf<'vault'> = {};
