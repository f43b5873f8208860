import { plotFeatures } from '../../app/plots/registry.ts';

const titles = new Map<string, string>([...plotFeatures.map(({ id, title }) => [id, title] as const), ['numbers', 'Evidence numbers']]);

/** The title of a picture; one that this version does not know (an example outlives the application) goes by its id. */
export function plotTitle(id: string): string {
  return titles.get(id) ?? id;
}
