import type { ReadOptions } from '../../../app/analyzer/source.ts';
import type { IdentifiedAnalyzer, UnitId } from '../../../app/analyzer/view.ts';
import type { ModelRow } from '../../../app/contract/model-row.ts';
import { Failure } from '../../../app/failure.ts';
import { featuresOf, type Question, type QuestionImage } from '../../../app/judges/judge.ts';
import { findModel, type ModelTable } from '../../../app/judges/models.ts';
import { nearestExamples } from '../../../app/judges/nearest-examples.ts';
import { pictureSize, sheetBounds } from '../../../app/judges/picture-size.ts';
import { buildPanel, buildQuestion, type Example, type QuestionInput } from '../../../app/judges/question.ts';
import { providerById } from '../../../app/judges/registry.ts';
import { unitOrder } from '../../../app/judges/unit-order.ts';
import type { PlotFeature } from '../../../app/plots/feature.ts';
import { mostUnits } from '../../../app/plots/group.ts';
import { featureById } from '../../../app/plots/registry.ts';
import type { VoteQuestion } from '../batch/ask-model.ts';
import type { BatchPlan } from '../batch/store.ts';
import type { Core } from '../core.ts';
import type { ExampleRecord } from '../db/tables/examples.ts';
import type { GroupRecord } from '../db/tables/groups.ts';
import type { SessionRow } from '../db/tables/sessions.ts';
import { groupLabels } from '../group-labels.ts';
import type { Picture } from '../pictures/picture-room.ts';
import { askingParams } from './asking-params.ts';
import { pictureWhereDrawable, sheetOfDrawable } from './drawable-pictures.ts';
import { type GroupNumbers, numbersOfGroup, pairNumbers } from './group-numbers.ts';
import { promptOf } from './prompts.ts';
import { questionSize } from './question-size.ts';
import { inBase64, type RunExamples } from './run-examples.ts';

export interface GroupQuestion {
  /** Letters of the units in the group's own order. */
  readonly labels: readonly string[];
  readonly votes: readonly VoteQuestion[];
  readonly numbers: GroupNumbers;
  /** Pictures that were asked for but can't be drawn from this analyzer. */
  readonly notShown: readonly string[];
  /** Examples that were shown. One about the same units of the same analyzer is left out. */
  readonly exampleIds: readonly string[];
}

/** Beyond this the numbers of a group fill any model's memory. */
const mostUnitsOfNumbers = 20;

/** Why a group is too large for one question of the run, or `undefined`. */
export function tooManyUnits(plan: Pick<BatchPlan, 'features'>, count: number): string | undefined {
  const pictured = plan.features.length > 0;
  const most = pictured ? mostUnits : mostUnitsOfNumbers;
  if (count <= most) return undefined;
  const why = pictured ? `a picture shows at most ${most}` : `numbers go along for at most ${most}`;
  return `A group of ${count} units is too many for one question: ${why}. Split it, or judge its pairs.`;
}

type Asked = Pick<BatchPlan, 'judge' | 'model' | 'promptId' | 'promptVersion' | 'features' | 'withNumbers' | 'exampleIds' | 'params'>;

/** What is read once for many questions. */
export interface InRun {
  readonly examples: RunExamples;
  readonly models: ModelTable;
}

/**
 * The questions of a run about one group, one for each vote: its pictures, its numbers, its examples, the units in shuffled order.
 * Throws `input.invalid` with the reason to skip it where there is nothing to show, or too much for one question.
 */
export async function buildGroupQuestion(
  core: Pick<Core, 'tables' | 'pictures' | 'searcher'>,
  view: IdentifiedAnalyzer,
  session: SessionRow,
  plan: Asked,
  group: GroupRecord,
  { signal, examples: inRun, models }: ReadOptions & InRun,
): Promise<GroupQuestion> {
  const tooMany = tooManyUnits(plan, group.units.length);
  if (tooMany !== undefined) throw new Failure('input.invalid', tooMany, { skip: 'too many units' });
  const asking = askingParams(plan.params);
  const prompt = promptOf(core.tables, plan.promptId, plan.promptVersion);
  const labels = groupLabels(group.units.length);
  const features = plan.features.map((id) => featureById(id) as PlotFeature);
  const measured =
    plan.withNumbers || asking.nearestExamples
      ? await numbersOfGroup(core, { folder: session.folder, view }, group.units, labels, { signal })
      : {};
  const numbers = plan.withNumbers ? measured : {};
  const examples = shownExamples(inRun, session, plan, group, measured);
  const shown = await Promise.all(examples.map((example) => shownExample(inRun, example, plan)));
  const own = plan.withNumbers ? pairNumbers(numbers, labels) : [];
  const imageRule = findModel(plan.judge, plan.model, models)?.images;
  const key = JSON.stringify([session.fingerprint, group.units]);
  const drawing = asking.sheet && features.length > 1 ? sheetOf : picturesOf;

  const votes: VoteQuestion[] = [];
  const drawn = new Set<string>();
  for (let vote = 0; vote < asking.votes; vote++) {
    const order = unitOrder(labels.length, asking.seed, key, vote);
    const units = order.map((place) => group.units[place]);
    const letterOf = (label: string) => labels[order.indexOf(labels.indexOf(label))];
    const pictures = await drawing(core, view, units, features, imageRule, { signal });
    for (const feature of pictures.flatMap(featuresOf)) drawn.add(feature);
    const input: QuestionInput = {
      prompt,
      labels,
      spikeCounts: order.map((place) => group.spikeCounts[place]),
      durationS: view.durationS,
      pictures,
      // A pair keeps its own order, since some numbers are about its first unit.
      numbers: own.map((pair) => ({ ...pair, labels: [letterOf(pair.labels[0]), letterOf(pair.labels[1])] })),
      examples: shown,
      examplesStable: !asking.nearestExamples,
      temperature: asking.temperature,
    };
    const asked: VoteQuestion = asking.mode === 'panel' ? { order, panel: buildPanel(input) } : { order, built: buildQuestion(input) };
    refuseTooLarge(plan.judge, 'built' in asked ? [asked.built.question] : asked.panel.experts.map(({ question }) => question));
    votes.push(asked);
  }
  return {
    labels,
    votes,
    numbers,
    notShown: features.filter(({ id }) => !drawn.has(id)).map(({ id }) => id),
    exampleIds: examples.map(({ exampleId }) => exampleId),
  };
}

/** Throws where the provider is known to take no question of that size. */
function refuseTooLarge(judge: string, questions: readonly Question[]): void {
  const { limits, title } = providerById(judge);
  for (const question of questions) {
    const { pictureCount, largestBytes, sentBytes } = questionSize(question);
    if (pictureCount <= limits.mostPictures && largestBytes <= limits.pictureBytes && sentBytes <= limits.questionBytes) continue;
    throw new Failure(
      'input.invalid',
      `The question holds ${pictureCount} pictures of ${Math.ceil(sentBytes / 1024)} KB together, more than ${title} takes. Show fewer pictures or examples.`,
      { skip: 'too large' },
    );
  }
}

/** Pictures of what can be drawn, as they are sent. */
type Drawing = (
  core: Pick<Core, 'pictures'>,
  view: IdentifiedAnalyzer,
  units: readonly UnitId[],
  features: readonly PlotFeature[],
  imageRule: ModelRow['images'] | undefined,
  options: ReadOptions,
) => Promise<QuestionImage[]>;

/** Each at the size that the model reads best for its price. One is read, drawn or stored while others are. */
const picturesOf: Drawing = async (core, view, units, features, imageRule, { signal }) => {
  const pictures = await Promise.all(
    features.map(async (feature) => {
      const sizePx = pictureSize(imageRule, feature.sizePx);
      const picture = await pictureWhereDrawable(core, view, units, feature, { signal, sizePx });
      return picture ? [sent(picture, captionOf(feature))] : [];
    }),
  );
  return pictures.flat();
};

const sheetOf: Drawing = async (core, view, units, features, imageRule, { signal }) => {
  const { sheet, drawn } = await sheetOfDrawable(core, view, units, features, (count) => sheetBounds(imageRule, count), { signal });
  if (!sheet) return picturesOf(core, view, units, drawn, imageRule, { signal });
  const panels = drawn.map((feature) => ({ feature: feature.id, caption: captionOf(feature) }));
  return [{ ...sent(sheet, 'All pictures of the group.'), panels }];
};

function captionOf({ title, purpose }: PlotFeature): string {
  return `${title}: ${purpose}`;
}

function sent({ feature, bytes, sha256, mediaType }: Picture, caption: string): QuestionImage {
  return { feature, caption, mediaType, bytes, base64: inBase64(bytes), sha256 };
}

function shownExamples(
  { all }: RunExamples,
  session: SessionRow,
  plan: Asked,
  group: GroupRecord,
  numbers: GroupNumbers,
): readonly ExampleRecord[] {
  const possible = all.filter((example) => !sharesUnits(example, session, group));
  const { nearestExamples: nearest, examplesOfEach } = askingParams(plan.params);
  return nearest ? nearestExamples(numbers, possible, examplesOfEach) : possible;
}

/** A group must not be judged by its own answer, nor by that of a neighbour it shares a unit with. */
function sharesUnits(example: ExampleRecord, session: SessionRow, group: GroupRecord): boolean {
  const sameAnalyzer = example.analyzerId === session.analyzerId || example.fingerprint === session.fingerprint;
  return sameAnalyzer && example.units.some((id) => group.units.includes(id));
}

async function shownExample(
  inRun: RunExamples,
  example: ExampleRecord,
  plan: Pick<BatchPlan, 'features' | 'withNumbers'>,
): Promise<Example> {
  const wanted = example.pictures.filter(({ feature }) => plan.features.includes(feature));
  const pictures = await Promise.all(wanted.map(({ feature, sha256 }) => inRun.picture(feature, sha256)));
  const { label, why, numbers, labels } = example;
  return { label, why, pictures, numbers: plan.withNumbers ? pairNumbers(numbers, labels) : [] };
}
