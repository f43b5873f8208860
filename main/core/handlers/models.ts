import type { HandlersOf } from '../../../app/contract/calls.ts';
import type { Core } from '../core.ts';
import { keepModel, listModels, removeModel, resetModels } from '../judging/model-table.ts';

export function modelsHandlers({ tables, judges, emit }: Core): HandlersOf<'models'> {
  const changed = () => {
    emit('settings.changed', {});
    return listModels(tables);
  };
  return {
    'models.list': () => listModels(tables),
    'models.keep': ({ provider, row }) => {
      keepModel(tables, provider, row);
      return changed();
    },
    'models.remove': ({ provider, model }) => {
      removeModel(tables, provider, model);
      return changed();
    },
    'models.reset': ({ provider, model }) => {
      resetModels(tables, provider, model);
      return changed();
    },
    'models.refresh': async ({ provider }, { signal }) => {
      const refreshed = await judges.refreshModels(provider, { signal });
      emit('settings.changed', {});
      return refreshed;
    },
  };
}
