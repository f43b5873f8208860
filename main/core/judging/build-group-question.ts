import type { ReadOptions } from '../../../app/analyzer/source.ts';
import type { IdentifiedAnalyzer } from '../../../app/analyzer/view.ts';
import type { QuestionImage } from '../../../app/judges/judge.ts';
import { findPrompt } from '../../../app/judges/prompts/registry.ts';
import { type BuiltQuestion, buildQuestion, type Example } from '../../../app/judges/question.ts';
import type { PlotFeature } from '../../../app/plots/feature.ts';
import { featureById } from '../../../app/plots/registry.ts';
import type { BatchPlan } from '../batch/store.ts';
import type { Core } from '../core.ts';
import type { ExampleRecord } from '../db/tables/examples.ts';
import type { GroupRecord } from '../db/tables/groups.ts';
import type { SessionRow } from '../db/tables/sessions.ts';
import { groupLabels } from '../group-labels.ts';
import { type GroupNumbers, measureGroup, pairNumbers } from './group-numbers.ts';

export interface GroupQuestion {
  readonly built: BuiltQuestion;
  readonly numbers: GroupNumbers;
  /** Pictures that were asked for but can't be drawn from this analyzer. */
  readonly notShown: readonly string[];
  /** Examples that were shown. One about the same units of the same analyzer is left out. */
  readonly exampleIds: readonly string[];
}

/** The question of a run about one group: its pictures, its numbers, its examples. */
export async function buildGroupQuestion(
  core: Pick<Core, 'tables' | 'pictures'>,
  view: IdentifiedAnalyzer,
  session: SessionRow,
  plan: Pick<BatchPlan, 'promptId' | 'promptVersion' | 'features' | 'withNumbers' | 'exampleIds'>,
  group: GroupRecord,
  options: ReadOptions & { readonly temperature?: number | undefined } = {},
): Promise<GroupQuestion> {
  const { signal } = options;
  const labels = groupLabels(group.units.length);
  const features = plan.features.map((id) => featureById(id) as PlotFeature);
  const drawable = features.filter((feature) => feature.needs.every((extension) => view.has(extension)));
  const pictures: QuestionImage[] = [];
  for (const { id, title, purpose } of drawable) {
    const { bytes, sha256, mediaType } = await core.pictures.of(view, group.units, id, { signal });
    pictures.push({ feature: id, caption: `${title}: ${purpose}`, mediaType, bytes, sha256 });
  }
  const numbers = plan.withNumbers ? await measureGroup(view, group.units, labels, { signal }) : {};
  const examples = plan.exampleIds
    .map((exampleId) => core.tables.examples.byId(exampleId))
    .filter((example) => example !== undefined)
    .filter((example) => !sharesUnits(example, session, group));
  const built = buildQuestion({
    prompt: findPrompt(plan.promptId, plan.promptVersion),
    labels,
    spikeCounts: group.spikeCounts,
    durationS: view.durationS,
    pictures,
    numbers: plan.withNumbers ? pairNumbers(numbers, labels) : [],
    examples: await Promise.all(examples.map((example) => shownExample(core, example, plan))),
    temperature: options.temperature,
  });
  return {
    built,
    numbers,
    notShown: features.filter((feature) => !drawable.includes(feature)).map(({ id }) => id),
    exampleIds: examples.map(({ exampleId }) => exampleId),
  };
}

/** A group must not be judged by its own answer, nor by that of a neighbour it shares a unit with. */
function sharesUnits(example: ExampleRecord, session: SessionRow, group: GroupRecord): boolean {
  const sameAnalyzer = example.analyzerId === session.analyzerId || example.fingerprint === session.fingerprint;
  return sameAnalyzer && example.units.some((id) => group.units.includes(id));
}

async function shownExample(
  core: Pick<Core, 'pictures'>,
  example: ExampleRecord,
  plan: Pick<BatchPlan, 'features' | 'withNumbers'>,
): Promise<Example> {
  const wanted = example.pictures.filter(({ feature }) => plan.features.includes(feature));
  const pictures = await Promise.all(
    wanted.map(async ({ feature, sha256 }): Promise<QuestionImage> => {
      const { bytes } = await core.pictures.stored(sha256);
      return { feature, caption: featureById(feature).title, mediaType: 'image/png', bytes, sha256 };
    }),
  );
  const { label, why, numbers, labels } = example;
  return { label, why, pictures, numbers: plan.withNumbers ? pairNumbers(numbers, labels) : [] };
}
