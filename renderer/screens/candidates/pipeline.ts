import type { Answer, Ask } from '../../../app/contract/calls.ts';

export type Catalog = Answer<'candidates.catalog'>;
export type CatalogStep = Catalog['steps'][number];
export type Parameter = CatalogStep['params'][number];
export type Params = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What is chosen: the single step with its curve, a preset, a saved pipeline, or steps put together here. */
export type Choice =
  | { readonly kind: 'similarity' }
  | { readonly kind: 'preset'; readonly id: string }
  | { readonly kind: 'pipeline'; readonly name: string }
  | { readonly kind: 'own' };

/** Steps in their order, and only the parameters that are not at their default. */
export interface Pipeline {
  readonly stepIds: readonly string[];
  readonly params: Params;
}

/** As the value of a choice list. */
export function choiceName(choice: Choice): string {
  if (choice.kind === 'preset') return `preset:${choice.id}`;
  return choice.kind === 'pipeline' ? `pipeline:${choice.name}` : choice.kind;
}

export function choiceNamed(name: string): Choice {
  const at = name.indexOf(':');
  if (name.startsWith('preset:')) return { kind: 'preset', id: name.slice(at + 1) };
  if (name.startsWith('pipeline:')) return { kind: 'pipeline', name: name.slice(at + 1) };
  return name === 'own' ? { kind: 'own' } : { kind: 'similarity' };
}

/** What a choice starts from; steps put together here start from those at hand. */
export function pipelineOf(catalog: Catalog, choice: Choice, atHand: Pipeline): Pipeline {
  if (choice.kind === 'preset') return { stepIds: catalog.presets.find(({ id }) => id === choice.id)?.steps ?? [], params: {} };
  const saved = choice.kind === 'pipeline' ? catalog.pipelines.find(({ name }) => name === choice.name) : undefined;
  return saved ? { stepIds: saved.steps, params: saved.params } : atHand;
}

export function parameterValue(params: Params, stepId: string, parameter: Parameter): number | string {
  const value = params[stepId]?.[parameter.name];
  return typeof value === 'number' || typeof value === 'string' ? value : parameter.default;
}

/** Sets one parameter; at its default it is left out. */
export function withParameter(params: Params, stepId: string, parameter: Parameter, value: number | string): Params {
  const { [parameter.name]: _, ...others } = params[stepId] ?? {};
  const ofStep = value === parameter.default ? others : { ...others, [parameter.name]: value };
  const { [stepId]: __, ...rest } = params;
  return Object.keys(ofStep).length === 0 ? rest : { ...rest, [stepId]: ofStep };
}

/** Moves a step by one place; at the ends nothing changes. */
export function withMoved(stepIds: readonly string[], stepId: string, by: 1 | -1): string[] {
  const at = stepIds.indexOf(stepId);
  const to = at + by;
  if (at < 0 || to < 0 || to >= stepIds.length) return [...stepIds];
  const moved = [...stepIds];
  moved.splice(at, 1);
  moved.splice(to, 0, stepId);
  return moved;
}

/** What is asked of the core: a preset under its own name while its steps stand as they are. */
export function requestOf(
  catalog: Catalog,
  choice: Choice,
  pipeline: Pipeline,
  more: { readonly sessionId: string; readonly resolveGraph: boolean; readonly unite: boolean },
): Ask<'candidates.find'> {
  const preset = choice.kind === 'preset' ? catalog.presets.find(({ id }) => id === choice.id) : undefined;
  const untouched = preset !== undefined && preset.steps.join() === pipeline.stepIds.join();
  const params = Object.fromEntries(
    Object.entries(pipeline.params)
      .filter(([stepId]) => pipeline.stepIds.includes(stepId))
      .map(([stepId, ofStep]) => [stepId, { ...ofStep }]),
  );
  return {
    ...more,
    ...(untouched ? { preset: preset.id } : { steps: [...pipeline.stepIds] }),
    ...(choice.kind === 'pipeline' ? { pipeline: choice.name } : {}),
    params,
  };
}

/** Sentences about why the pipeline can't run as it stands; none where it can. */
export function problemsOf(catalog: Catalog, stepIds: readonly string[]): string[] {
  if (stepIds.length === 0) return ['Add a step.'];
  const order = (stepId: string, earlier: string) => {
    const at = stepIds.indexOf(stepId);
    const before = stepIds.indexOf(earlier);
    return at >= 0 && !(before >= 0 && before < at) ? [`${stepId} needs ${earlier} before it.`] : [];
  };
  const missing = catalog.steps
    .filter((step) => stepIds.includes(step.id) && step.missing.length > 0)
    .map((step) => `${step.id} needs ${step.missing.join(', ')}, which this analyzer lacks.`);
  return [
    ...missing,
    ...order('quality_score', 'remove_contaminated'),
    ...order('cross_contamination', 'remove_contaminated'),
    ...order('slay_score', 'template_similarity'),
  ];
}
