import type { HandlersOf } from '../../../app/contract/calls.ts';
import { featureById } from '../../../app/plots/registry.ts';
import type { Core } from '../core.ts';
import { groupLabels } from '../group-labels.ts';
import { withGroup } from '../sessions/session-access.ts';

export function plotHandlers(core: Core): HandlersOf<'plot'> {
  return {
    'plot.load': ({ groupId, feature: id }, { signal }) => {
      const feature = featureById(id);
      return withGroup(
        core,
        groupId,
        async (view, { units }) => {
          const group = { units: units.map((unit) => view.indexOf(unit)), labels: groupLabels(units.length) };
          const data = await feature.load(view, group, { signal });
          return { data, description: feature.describe(data) };
        },
        { signal },
      );
    },
    'plot.picture': ({ groupId, feature: id }, { signal }) => {
      featureById(id);
      return withGroup(
        core,
        groupId,
        async (view, { units }) => {
          const { sha256, width, height, mediaType, bytes, description, cached, ms } = await core.pictures.of(view, units, id, { signal });
          return { sha256, width, height, mediaType, bytes, description, cached, ms };
        },
        { signal },
      );
    },
    'plot.stored': ({ sha256 }) => core.pictures.stored(sha256),
  };
}
