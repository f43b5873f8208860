import type { HandlersOf } from '../../../app/contract/calls.ts';
import type { Core } from '../core.ts';

export function settingsHandlers({ tables, emit }: Core): HandlersOf<'settings'> {
  return {
    'settings.get': () => tables.settings.read(),
    'settings.set': (patch) => {
      const settings = tables.settings.write(patch);
      emit('settings.changed', {});
      return settings;
    },
  };
}
