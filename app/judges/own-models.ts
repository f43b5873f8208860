import type { ModelRow } from '../contract/model-row.ts';
import type { ProviderModel } from './judge.ts';
import { defaultModel, findModel, type ModelTable, withoutDate } from './models.ts';

/** What stands in the place of a shipped row, or is added to the table; no row: taken off. */
export interface OwnModel {
  readonly provider: string;
  readonly id: string;
  readonly row: ModelRow | undefined;
}

/** The shipped table with a person's own rows laid over it. A default of one's own takes the place of the shipped one. */
export function withOwnModels(shipped: ModelTable, own: readonly OwnModel[]): ModelTable {
  const providers: Record<string, ModelRow[]> = {};
  for (const [provider, rows] of Object.entries(shipped.providers)) {
    const mine = new Map(own.filter((one) => one.provider === provider).map((one) => [one.id, one.row]));
    const shippedIds = new Set(rows.map(({ id }) => id));
    const kept = rows.flatMap((row) => (mine.has(row.id) ? (mine.get(row.id) ?? []) : row));
    const added = [...mine].flatMap(([id, row]) => (row && !shippedIds.has(id) ? row : []));
    const chosen = [...mine.values()].find((row) => row?.default)?.id;
    providers[provider] = [...kept, ...added].map((row) => {
      if (chosen === undefined || row.id === chosen || !row.default) return row;
      const { default: _, ...plain } = row;
      return plain;
    });
  }
  return { ...shipped, providers };
}

/** By its name a model for something else than questions about pictures. */
const others =
  /embed|whisper|tts|dall-e|imagen|veo-|sora|-image|audio|realtime|-live|moderation|transcribe|speech|rerank|babbage|davinci|computer-use|deep-research|robotics|instruct-\d|aqa/i;

/** The rule taken for models of a provider that has no default: squares as most open vision models see them. */
const openModels: Pick<ModelRow, 'images' | 'imagesAssumedAs'> = {
  images: { rule: 'patches', sizePx: 28, maximum: 4096, factor: 1 },
  imagesAssumedAs: 'open vision models (squares of 28 px)',
};

/**
 * Rows for the models of a provider's own list that the table does not know: price unknown, image rules taken to be those of the
 * provider's default. Models that by their name are for something else are left out, and so are names in `known`.
 */
export function newModels(provider: string, listed: readonly ProviderModel[], models: ModelTable, known: ReadonlySet<string>): ModelRow[] {
  const usual = defaultModel(provider, models);
  const assumed = usual ? { images: usual.images, imagesAssumedAs: usual.imagesAssumedAs ?? usual.title } : openModels;
  return listed
    .filter(({ id }) => id !== '' && id.length <= 200 && !others.test(id) && !known.has(id) && !findModel(provider, id, models))
    .map(({ id, title }) => ({
      id,
      title: title.trim().slice(0, 200) || id,
      ...assumed,
      inputUsdPerMillion: null,
      outputUsdPerMillion: null,
      endsOn: null,
      temperature: false,
    }));
}

/** Whether a provider's own list has the model, by its name or by that of a dated snapshot. */
export function isListed(id: string, listed: readonly string[]): boolean {
  return listed.some((name) => name === id || withoutDate(name) === id);
}
