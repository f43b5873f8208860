import type { ReadOptions } from '../../../app/analyzer/source.ts';
import type { Answer } from '../../../app/contract/calls.ts';
import type { ModelRow } from '../../../app/contract/model-row.ts';
import type { Settings } from '../../../app/contract/settings.ts';
import { Failure } from '../../../app/failure.ts';
import { defaultModel, findModel, type ModelTable, modelTable } from '../../../app/judges/models.ts';
import { isListed, newModels, withOwnModels } from '../../../app/judges/own-models.ts';
import { providerById, providers } from '../../../app/judges/registry.ts';
import type { Tables } from '../db/tables.ts';
import { type ConnectParts, connectTo } from './connect.ts';

type Kept = Pick<Tables, 'ownModels'>;

/** The table of models as it is now: what ships, with the person's own rows laid over it. */
export function currentModels({ ownModels }: Kept): ModelTable {
  return withOwnModels(modelTable, ownModels.all());
}

/** The model that is asked where none is named, if there is one. */
export function usualModel(judge: string, settings: Pick<Settings, 'openaiCompatibleModel'>, models: ModelTable): string | undefined {
  return (judge === 'openai-compatible' && settings.openaiCompatibleModel) || defaultModel(judge, models)?.id;
}

/** The whole table with where each row comes from, and whether its provider's own list has it. */
export function listModels(tables: Kept): Answer<'models.list'> {
  const own = tables.ownModels.all();
  const table = withOwnModels(modelTable, own);
  return {
    date: table.date,
    about: table.about,
    providers: providers.map(({ id: provider, title }) => {
      const list = tables.ownModels.listOf(provider);
      const mine = new Map(own.filter((one) => one.provider === provider).map((one) => [one.id, one]));
      const shipped = new Set((modelTable.providers[provider] ?? []).map(({ id }) => id));
      return {
        id: provider,
        title,
        list: list ? { host: list.host, askedAt: list.askedAt, count: list.names.length } : null,
        models: (table.providers[provider] ?? []).map((row) => {
          const kept = mine.get(row.id);
          const origin = !kept ? 'shipped' : kept.origin === 'list' ? 'listed' : shipped.has(row.id) ? 'edited' : 'added';
          return {
            ...row,
            origin: origin as 'shipped' | 'listed' | 'edited' | 'added',
            changedAt: kept?.changedAt ?? null,
            isGone: list !== undefined && list.names.length > 0 && !isListed(row.id, list.names),
          };
        }),
        removed: [...mine.values()].filter(({ row }) => row === undefined).map(({ id }) => id),
      };
    }),
  };
}

/** Keeps a row of the person's own. Throws `input.invalid` for an unknown provider. */
export function keepModel(tables: Kept & Pick<Tables, 'atOnce'>, provider: string, row: ModelRow): void {
  const { id } = providerById(provider);
  tables.atOnce(() => {
    // There is one default.
    if (row.default)
      for (const one of tables.ownModels.all())
        if (one.provider === id && one.id !== row.id && one.row?.default) {
          const { default: _, ...plain } = one.row;
          tables.ownModels.put(id, one.id, plain, one.origin);
        }
    tables.ownModels.put(id, row.id, row, 'person');
  });
}

/** Takes a model off the table. Throws `input.notFound` where it is not on it. */
export function removeModel(tables: Kept, provider: string, model: string): void {
  const { id } = providerById(provider);
  if (!(currentModels(tables).providers[id] ?? []).some((row) => row.id === model))
    throw new Failure('input.notFound', `There is no model “${model}” in the table.`, { provider, model });
  tables.ownModels.put(id, model, undefined, 'person');
}

/** Back to what ships: one model, or all of a provider with what its list said. */
export function resetModels(tables: Kept, provider: string, model: string | undefined): void {
  const { id } = providerById(provider);
  tables.ownModels.drop(id, model);
  if (model === undefined) tables.ownModels.dropList(id);
}

/**
 * Asks the provider for its own list: names the table does not know are added, price unknown and image rules assumed; those that the
 * list does not have any more are marked. Throws as `connectTo`, `provider.*`, and `provider.badReply` for an empty list.
 */
export async function refreshModels(
  parts: ConnectParts,
  judge: string,
  options: ReadOptions & { readonly baseUrl?: string | undefined } = {},
): Promise<Answer<'models.refresh'>> {
  const { tables } = parts;
  const { provider, connection, baseUrl } = await connectTo(parts, judge, { baseUrl: options.baseUrl });
  const listed = await connection.models({ signal: options.signal });
  if (listed.length === 0)
    throw new Failure('provider.badReply', `The list of ${provider.title} is empty. The table of models stays as it is.`, { judge });
  return tables.atOnce(() => {
    const names = listed.map(({ id }) => id);
    const known = new Set(tables.ownModels.all().flatMap((one) => (one.provider === provider.id ? one.id : [])));
    const added = newModels(provider.id, listed, currentModels(tables), known);
    for (const row of added) tables.ownModels.put(provider.id, row.id, row, 'list');
    tables.ownModels.putList(provider.id, new URL(baseUrl ?? `https://${provider.hosts[0]}`).host, names);
    const rows = currentModels(tables).providers[provider.id] ?? [];
    return {
      listed: names.length,
      added: added.map(({ id }) => id),
      gone: rows.filter(({ id }) => !isListed(id, names)).map(({ id }) => id),
    };
  });
}

/** Where the price in an estimate comes from, in words. */
export function priceSentence(tables: Kept, judge: string, model: string): string {
  const own = tables.ownModels.all();
  const table = withOwnModels(modelTable, own);
  const row = findModel(judge, model, table);
  if (row?.inputUsdPerMillion == null || row.outputUsdPerMillion == null)
    return `The price of ${row?.title ?? model} is not known. Enter it in the table of models under Settings to see what a run costs.`;
  const kept = own.find((one) => one.provider === judge && one.id === row.id);
  const from = kept ? `Price of ${row.title} as entered on ${kept.changedAt.slice(0, 10)}.` : `Prices of ${table.date}.`;
  return `${from} Provider’s bills may differ.`;
}
