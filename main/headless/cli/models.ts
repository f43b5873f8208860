import { type ImageRule, type ModelRow, modelRowSchema } from '../../../app/contract/model-row.ts';
import { Failure } from '../../../app/failure.ts';
import { providerById, providers } from '../../../app/judges/registry.ts';
import { currentModels, keepModel, listModels, removeModel, resetModels } from '../../core/judging/model-table.ts';
import { createService } from '../../core/service.ts';
import { environmentBaseUrl, withEnvironmentKeys } from '../../core/vault/environment-keys.ts';
import type { CommandContext, CommandResult } from './command.ts';
import { coreOptions } from './core-options.ts';

export interface ModelsOptions {
  readonly refresh?: boolean;
  readonly baseUrl?: string;
  readonly set?: string;
  readonly title?: string;
  readonly images?: string;
  readonly inputUsd?: number;
  readonly outputUsd?: number;
  readonly cachedInputUsd?: number;
  readonly cacheWriteUsd?: number;
  readonly endsOn?: string;
  readonly temperature?: boolean;
  readonly default?: boolean;
  readonly remove?: string;
  /** A model, or `true` for all of the provider. */
  readonly reset?: string | true;
}

const fields = ['title', 'images', 'inputUsd', 'outputUsd', 'cachedInputUsd', 'cacheWriteUsd', 'endsOn', 'temperature', 'default'] as const;

/** The table of models: shown, edited, set back to what ships, and refreshed from a provider's own list. */
export async function models(provider: string | undefined, options: ModelsOptions, context: CommandContext): Promise<CommandResult> {
  const { signal, common, log } = context;
  const acts = (['refresh', 'set', 'remove', 'reset'] as const).filter((act) => options[act] !== undefined);
  if (acts.length > 1) throw new Failure('usage', `Give one of --${acts.join(', --')}, not all.`, { option: `--${acts[0]}` });
  const stray = fields.find((field) => options[field] !== undefined);
  if (stray !== undefined && options.set === undefined)
    throw new Failure('usage', 'Prices and image rules are given with --set MODEL.', { option: '--set' });
  if (acts.length > 0 && provider === undefined)
    throw new Failure('usage', `--${acts[0]} needs a provider: ${providers.map(({ id }) => id).join(', ')}.`, { option: `--${acts[0]}` });
  const id = provider === undefined ? undefined : providerById(provider).id;

  const vault = async () => withEnvironmentKeys(await (await import('../../core/vault/vault.ts')).openVault(), process.env);
  const service = await createService({ ...coreOptions(common), emit: () => undefined, vault, ...(log ? { log } : {}) });
  try {
    const { tables, judges } = service.core;
    if (id !== undefined && options.refresh) {
      const baseUrl = options.baseUrl ?? environmentBaseUrl(id, process.env);
      const refreshed = await judges.refreshModels(id, { signal, baseUrl });
      const { listed, added, gone } = refreshed;
      const lines = [
        `${listed} listed, ${added.length} new, ${gone.length} gone`,
        ...added.map((name) => `new\t${name}`),
        ...gone.map((name) => `gone\t${name}`),
      ];
      return { json: refreshed, text: `${lines.join('\n')}\n` };
    }
    if (id !== undefined && options.set !== undefined)
      keepModel(tables, id, changedRow(findModelNamed(currentModels(tables).providers[id], options.set), options.set, options));
    if (id !== undefined && options.remove !== undefined) removeModel(tables, id, options.remove);
    if (id !== undefined && options.reset !== undefined) resetModels(tables, id, options.reset === true ? undefined : options.reset);
    const shown = listModels(tables).providers.filter((one) => id === undefined || one.id === id);
    const lines = shown.flatMap((one) =>
      one.models.map((row) => {
        const price = row.inputUsdPerMillion === null ? '–' : `${row.inputUsdPerMillion} / ${row.outputUsdPerMillion ?? '–'} USD`;
        const marks = [row.origin, ...(row.isGone ? ['not in its list'] : []), ...(row.endsOn === null ? [] : [`ends ${row.endsOn}`])];
        return `${one.id}\t${row.id}\t${price}\t${imagesText(row.images)}\t${marks.join(', ')}`;
      }),
    );
    return { json: { date: listModels(tables).date, providers: shown }, text: lines.map((line) => `${line}\n`).join('') };
  } finally {
    await service.close();
  }
}

function findModelNamed(rows: readonly ModelRow[] | undefined, id: string): ModelRow | undefined {
  return rows?.find((row) => row.id === id);
}

function changedRow(before: ModelRow | undefined, id: string, options: ModelsOptions): ModelRow {
  const { imagesAssumedAs, ...known } = before ?? {
    ...{ id, title: id, images: null, inputUsdPerMillion: null, outputUsdPerMillion: null, endsOn: null, temperature: false },
    imagesAssumedAs: undefined,
  };
  const rule = options.images === undefined ? undefined : imageRuleOf(options.images);
  const row = {
    ...known,
    ...(options.title === undefined ? {} : { title: options.title }),
    ...(rule === undefined ? (imagesAssumedAs === undefined ? {} : { imagesAssumedAs }) : { images: rule }),
    ...(options.inputUsd === undefined ? {} : { inputUsdPerMillion: options.inputUsd }),
    ...(options.outputUsd === undefined ? {} : { outputUsdPerMillion: options.outputUsd }),
    ...(options.cachedInputUsd === undefined ? {} : { cachedInputUsdPerMillion: options.cachedInputUsd }),
    ...(options.cacheWriteUsd === undefined ? {} : { cacheWriteUsdPerMillion: options.cacheWriteUsd }),
    ...(options.endsOn === undefined ? {} : { endsOn: options.endsOn === 'none' ? null : options.endsOn }),
    ...(options.temperature === undefined ? {} : { temperature: options.temperature }),
    ...(options.default ? { default: true } : {}),
  };
  const parsed = modelRowSchema.safeParse(row);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Failure('usage', `The model can’t be kept: ${issue.path.join('.')} is wrong. ${issue.message}`, { option: '--set' });
}

function imageRuleOf(text: string): ImageRule | null {
  if (text === 'none') return null;
  const [rule, rest = ''] = text.split(':');
  const numbers = rest.split(',').map(Number);
  const [first, second, third, fourth] = numbers;
  const are = (least: number, most = least) => numbers.length >= least && numbers.length <= most && numbers.every(Number.isFinite);
  if (rule === 'fixed' && are(1)) return { rule, tokens: first };
  if (rule === 'tiles' && are(2)) return { rule, base: first, perTile: second };
  if (rule === 'patches' && are(3, 4))
    return { rule, sizePx: first, maximum: second, factor: third, ...(fourth === undefined ? {} : { longEdgePx: fourth }) };
  throw new Failure(
    'usage',
    `--images ${text} is none of: none, fixed:TOKENS, tiles:BASE,PER_TILE, patches:SIZE_PX,MAXIMUM,FACTOR or patches:SIZE_PX,MAXIMUM,FACTOR,LONG_EDGE_PX.`,
    { option: '--images' },
  );
}

function imagesText(rule: ImageRule | null): string {
  if (rule === null) return 'none';
  if (rule.rule === 'fixed') return `fixed:${rule.tokens}`;
  if (rule.rule === 'tiles') return `tiles:${rule.base},${rule.perTile}`;
  return `patches:${[rule.sizePx, rule.maximum, rule.factor, ...(rule.longEdgePx === undefined ? [] : [rule.longEdgePx])].join(',')}`;
}
