import { z } from 'zod';
import { type Call, call, hostCall } from './call.ts';
import { groupViewSchema } from './group-view.ts';
import { modelRowSchema } from './model-row.ts';
import { settingsPatchSchema, settingsSchema } from './settings.ts';
import { skipKindSchema } from './skip.ts';
import { verdictSchema, verdictWords } from './verdict.ts';

const nothing = z.strictObject({});
const done = z.object({});
const id = z.string().min(1).max(64);
const grantToken = z.string().min(8).max(128);
const shortText = z.string().max(500);
const longText = z.string().max(20_000);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
export const unitIdSchema = z.union([z.number().int(), z.string().max(500)]);
const unitGroup = z.array(unitIdSchema).min(2).max(50);
const decision = z.enum(verdictWords);
const count = z.number().int().nonnegative();
const isoTime = z.string();

const extensionRow = z.object({
  name: z.string(),
  present: z.boolean(),
  known: z.boolean(),
  problem: z.string().optional(),
  /** Computed by Samecell; the analyzer's folder does not have it. */
  computedHere: z.boolean().optional(),
  params: z.record(z.string(), z.unknown()),
  /** Titles of pictures, steps and numbers that need it. */
  unlocks: z.array(z.string()),
  /** SpikeInterface code that computes it, to copy. Given for the missing ones. */
  snippet: z.string().optional(),
});

export const analyzerInfoSchema = z.object({
  name: z.string(),
  format: z.enum(['binary_folder', 'zarr', 'phy']),
  spikeinterfaceVersion: z.string(),
  fingerprint: z.string(),
  unitCount: count,
  units: z.array(z.object({ id: unitIdSchema, spikeCount: count, firingRateHz: z.number(), mainChannel: unitIdSchema.optional() })),
  channelCount: count,
  segmentCount: count,
  durationS: z.number(),
  samplingFrequencyHz: z.number(),
  spikeCount: count,
  sparse: z.boolean(),
  returnInUv: z.boolean(),
  extensions: z.array(extensionRow),
  /** For each picture: can it be drawn, and if not what is missing. */
  features: z.array(
    z.object({ id: z.string(), title: z.string(), purpose: z.string(), available: z.boolean(), missing: z.array(z.string()) }),
  ),
  steps: z.array(
    z.object({ id: z.string(), title: z.string(), purpose: z.string(), available: z.boolean(), missing: z.array(z.string()) }),
  ),
  problems: z.array(z.string()),
});

export const sessionInfoSchema = z.object({
  sessionId: id,
  title: z.string(),
  analyzerName: z.string(),
  analyzerFolder: z.string(),
  fingerprint: z.string(),
  createdAt: isoTime,
  updatedAt: isoTime,
  groupCount: count,
  decidedCount: count,
  verdictCount: count,
  appliedCount: count,
  /** False where the folder is gone or can't be read now. */
  reachable: z.boolean(),
});

/** Whether the traces behind an analyzer can be read now. */
const recordingState = z.object({
  found: z.boolean(),
  name: z.string().optional(),
  /** Where a person located it, for people. */
  place: z.string().optional(),
  why: z.string().optional(),
});

const stepReport = z.object({ id: z.string(), title: z.string(), in: count, out: count, ms: z.number() });

export const verdictRowSchema = verdictSchema.extend({
  verdictId: id,
  groupId: id,
  batchId: id.optional(),
  judge: z.string(),
  model: z.string(),
  promptId: z.string(),
  promptVersion: z.string(),
  promptHash: z.string(),
  inputTokens: count,
  outputTokens: count,
  costUsd: z.number().nullable(),
  latencyMs: z.number(),
  createdAt: isoTime,
  pictures: z.array(z.object({ feature: z.string(), sha256 })),
  /** What the offline judge measured, or the numbers that went along. */
  numbers: z.record(z.string(), z.number().nullable()),
  params: z.record(z.string(), z.unknown()),
  /** The answers it was made of, told in the group's letters; empty for judges that give one word only. */
  votes: z.array(
    z.object({
      verdict: verdictSchema,
      /** Which unit of the group, by its place, stood under the first letter, the second, … */
      order: z.array(count),
      /** Kept from an identical question of before. */
      cached: z.boolean(),
    }),
  ),
});

const uint8 = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
const uint32 = z.custom<Uint32Array>((value) => value instanceof Uint32Array);
const float32 = z.custom<Float32Array>((value) => value instanceof Float32Array);
const float64 = z.custom<Float64Array>((value) => value instanceof Float64Array);
const numbers = z.record(z.string(), z.number().nullable());
const stepIds = z.array(z.string().max(100)).min(1).max(30);
const stepParams = z.record(z.string().max(100), z.record(z.string().max(100), z.unknown()));
const givenName = z.string().trim().min(1).max(100);

const pipelineSchema = z.object({ name: z.string(), steps: z.array(z.string()), params: stepParams, resolveGraph: z.boolean() });
const viewSchema = z.object({ name: z.string(), columns: z.array(z.string()), filter: z.string() });

export const numberMeaningSchema = z.object({
  id: z.string(),
  title: z.string(),
  unit: z.string(),
  definition: z.string(),
  source: z.string(),
  reading: z.string(),
  digits: z.number(),
  missing: z.array(z.string()),
});

export const groupRowSchema = z.object({
  groupId: id,
  units: z.array(unitIdSchema),
  /** "A", "B", … in unit order, as in the pictures. */
  labels: z.array(z.string()),
  spikeCounts: z.array(count),
  origin: z.enum(['search', 'hand', 'import']),
  /** Everything that proposed it: the preset or pipeline, the file with its score, or a person. */
  sources: z.array(
    z.object({
      origin: z.enum(['search', 'hand', 'import']),
      name: z.string(),
      score: z.number().nullable(),
      /** What else a table gave for it, by its column. */
      scores: z.record(z.string(), z.number()).optional(),
    }),
  ),
  /** 1 − template similarity of the search that found it, where there was one (largest of its pairs). */
  templateDiff: z.number().nullable(),
  /** The person's current decision, after undo and redo. */
  decision: decision.nullable(),
  decidedAt: isoTime.nullable(),
  note: z.string(),
  /** The newest verdict, whoever gave it. */
  verdict: z
    .object({ verdictId: id, judge: z.string(), model: z.string(), verdict: decision, confidence: z.number(), reasoning: z.string() })
    .nullable(),
  verdictCount: count,
  /** Open failure of the last time it was asked about. */
  failure: z.object({ kind: z.string(), message: z.string() }).nullable(),
  example: z.enum(['good', 'bad']).nullable(),
  /** Ticked by a person, for judging or reviewing only such. */
  chosen: z.boolean(),
  /** The evidence numbers that were asked for along. */
  values: numbers.optional(),
});

const listCounts = z.object({
  all: count,
  decided: count,
  chosen: count,
  /** Groups whose numbers were not measured since the core began. */
  unmeasured: count,
});

export const batchRowSchema = z.object({
  batchId: id,
  sessionId: id,
  judge: z.string(),
  model: z.string(),
  state: z.enum(['running', 'paused', 'cancelled', 'done']),
  total: count,
  done: count,
  failed: count,
  /** Left out with a reason; `skips` says which. */
  skipped: count,
  running: count,
  inputTokens: count,
  outputTokens: count,
  costUsd: z.number().nullable(),
  createdAt: isoTime,
  finishedAt: isoTime.nullable(),
  /** The first hundred of each kind; `failureCounts` says how many there are. */
  failures: z.array(z.object({ groupId: id, units: z.array(unitIdSchema), kind: z.string(), message: z.string() })),
  failureCounts: z.record(z.string(), count),
  /** Groups that were left out, by reason: how many, and the first hundred. */
  skips: z.array(
    z.object({
      kind: skipKindSchema,
      message: z.string(),
      count,
      groups: z.array(z.object({ groupId: id, units: z.array(unitIdSchema) })),
    }),
  ),
  /** Why it paused by itself: a refused key, an empty account, a server that can't be reached. */
  stoppedBy: z.object({ kind: z.string(), message: z.string() }).optional(),
  mode: z.enum(['one call', 'panel']),
  votes: count,
  requestCount: count,
  maxCostUsd: z.number().nullable(),
  maxCalls: count.nullable(),
  /** Where its questions lie in batches of the provider. */
  providerBatches: z.array(
    z.object({
      state: z.enum(['sending', 'waiting', 'collected', 'failed', 'cancelled']),
      requestCount: count,
      detail: z.string().nullable(),
      submittedAt: isoTime,
      polledAt: isoTime.nullable(),
    }),
  ),
});

const batchRequest = z.strictObject({
  sessionId: id,
  /** All groups of the session where left out. */
  groupIds: z.array(id).max(100_000).optional(),
  /** Instead of naming groups: those nobody decided on, or those a person chose. */
  only: z.enum(['open', 'chosen']).optional(),
  judge: z.string().max(50),
  model: z.string().max(200).optional(),
  features: z.array(z.string().max(50)).max(20).optional(),
  numWorkers: z.number().int().min(1).max(256).optional(),
  withNumbers: z.boolean().optional(),
  /** One by one, or all on one sheet: fewer tokens, less detail. */
  pictures: z.enum(['separate', 'sheet']).optional(),
  /** Examples to show. Left out: the newest few of the person's own library, good and bad alike. */
  exampleIds: z.array(id).max(20).optional(),
  /** Instead of naming examples: those nearest to each group, of one library or of all, as many good as bad ones. */
  nearest: z.strictObject({ library: shortText.optional(), ofEach: z.number().int().min(1).max(8).optional() }).optional(),
  /** Everything in one call, or an expert for each feature and then a head. */
  mode: z.enum(['one call', 'panel']).optional(),
  /** So many independent answers about each group; what most say is the verdict. */
  votes: z.number().int().min(1).max(9).optional(),
  /** Decides in which order the units are shown. */
  seed: z.number().int().min(0).max(2_147_483_647).optional(),
  /** The prompt that ships where left out. */
  prompt: z.strictObject({ id: z.string().max(50), version: z.string().max(50) }).optional(),
  /** The run pauses once so much is spent. */
  maxCostUsd: z.number().nonnegative().max(1e9).optional(),
  /** The run pauses after so many requests. */
  maxCalls: z.number().int().nonnegative().optional(),
  /** Hand everything to the provider's own batch: half the price, answers within a day. */
  providerBatch: z.boolean().optional(),
  /** Ask again about groups that already have a verdict of the same judge, model and prompt; answers of before are not re-used. */
  again: z.boolean().optional(),
});

const modelsList = z.object({
  /** Of the shipped prices. */
  date: z.string(),
  about: z.string(),
  providers: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      /** The provider's own list as it was last. */
      list: z.object({ host: z.string(), askedAt: isoTime, count }).nullable(),
      models: z.array(
        z.object({
          ...modelRowSchema.shape,
          /** As it ships, changed by a person, added by a person, or added from the provider's own list. */
          origin: z.enum(['shipped', 'edited', 'added', 'listed']),
          changedAt: isoTime.nullable(),
          /** The provider's own list does not have it any more. */
          isGone: z.boolean(),
        }),
      ),
      /** Models that a person took off. */
      removed: z.array(z.string()),
    }),
  ),
});
const modelName = z.string().min(1).max(200);
const providerName = z.string().max(50);

const exampleRow = z.object({
  exampleId: id,
  library: z.string(),
  label: z.enum(['good', 'bad']),
  why: z.string(),
  units: z.array(unitIdSchema),
  analyzerName: z.string(),
  createdAt: isoTime,
  pictures: z.array(z.object({ feature: z.string(), sha256 })),
  numbers: z.record(z.string(), z.number().nullable()),
});

const mergePlan = z.object({
  merges: z.array(
    z.object({
      units: z.array(unitIdSchema),
      newUnitId: unitIdSchema,
      /** Accepted pairs or groups that it was joined from. */
      from: z.array(z.array(unitIdSchema)),
    }),
  ),
  /** Joined only by a chain, while somebody or something refused a pair inside. */
  conflicts: z.array(
    z.object({
      units: z.array(unitIdSchema),
      refused: z.array(z.object({ units: z.array(unitIdSchema), by: z.string(), reasoning: z.string() })),
    }),
  ),
  unitCountBefore: count,
  unitCountAfter: count,
  warnings: z.array(z.string()),
});

const unitSummary = z.object({
  spikeCount: count,
  firingRateHz: z.number(),
  /** Pairs of spikes at most 1 ms apart. */
  violations: count,
  /** 0 to 1; `null` for fewer than two spikes. */
  contamination: z.number().nullable(),
});

const conflictChoice = z.strictObject({ units: unitGroup, choice: z.enum(['merge', 'apart']) });

/** How merging is done; what is left out is as in SpikeInterface's `merge_units`, except the overlap, which is 0. */
const mergeOptions = {
  /** Least share of channels that the units of a group have in common. */
  sparsityOverlap: z.number().min(0).max(1).optional(),
  newIdStrategy: z.enum(['append', 'take_first', 'join']).optional(),
  /** Ids for some merges of the plan instead of the strategy's. */
  newUnitIds: z
    .array(z.strictObject({ units: unitGroup, newUnitId: unitIdSchema }))
    .max(10_000)
    .optional(),
};

/** Everything the window may ask. A name that is not an own key here is refused at the door. */
export const calls = {
  'app.state': hostCall(
    nothing,
    z.object({
      version: z.string(),
      host: z.enum(['electron', 'web']),
      platform: z.string(),
      /** Set where the application was started with an analyzer to open. */
      openAtStart: grantToken.optional(),
      startProblem: z.string().optional(),
    }),
  ),
  'app.openLink': hostCall(
    z.strictObject({
      link: z.enum(['spikeinterface', 'spikeinterface-extensions', 'openai-keys', 'anthropic-keys', 'google-keys']),
    }),
    done,
  ),
  'app.setTheme': hostCall(z.strictObject({ theme: z.enum(['system', 'light', 'dark']) }), done),
  'app.showLog': hostCall(nothing, done),
  /** What is on screen, so that the host's menu enables the commands that make sense there. */
  'app.setScope': hostCall(z.strictObject({ scope: z.enum(['always', 'session', 'group']) }), done),
  /** Opens the host's folder dialog. Nothing where the person cancelled. Fails with host.unsupported in a browser. */
  'grant.chooseFolder': hostCall(
    z.strictObject({ purpose: z.enum(['analyzer', 'output', 'recording']), suggestedName: shortText.optional() }),
    z.object({ grant: grantToken.optional(), name: z.string().optional(), display: z.string().optional() }),
  ),
  /** A folder dropped on the window or, in a browser, typed. The only call that carries a path. */
  'grant.folder': hostCall(
    z.strictObject({ path: z.string().min(1).max(4096), purpose: z.enum(['analyzer', 'output', 'recording']) }),
    z.object({ grant: grantToken, name: z.string(), display: z.string() }),
  ),
  'grant.demo': call(nothing, z.object({ grant: grantToken })),

  'analyzer.open': call(
    z.strictObject({ grant: grantToken, fresh: z.boolean().optional() }),
    z.object({ session: sessionInfoSchema, info: analyzerInfoSchema, continued: z.boolean() }),
  ),
  'analyzer.recent': call(
    nothing,
    z.object({
      recent: z.array(
        z.object({
          analyzerId: id,
          name: z.string(),
          folder: z.string(),
          openedAt: isoTime,
          reachable: z.boolean(),
          sessionId: id.nullable(),
        }),
      ),
    }),
  ),
  'analyzer.forget': call(z.strictObject({ analyzerId: id }), done),

  /** Extensions and whether they can be computed here. */
  'compute.list': call(
    z.strictObject({ sessionId: id }),
    z.object({
      recording: recordingState,
      extensions: z.array(
        z.object({
          name: z.string(),
          title: z.string(),
          /** In the folder, computed here, or nowhere. */
          state: z.enum(['present', 'computed', 'missing']),
          /** Extensions it is computed from; those that are missing are computed along. */
          needs: z.array(z.string()),
          readsRecording: z.boolean(),
          unlocks: z.array(z.string()),
          possible: z.boolean(),
          /** Why it can't be computed now. */
          why: z.string().optional(),
        }),
      ),
    }),
  ),
  /** Computes extensions, and what they need, into the data folder; the analyzer's own folder is only read. */
  'compute.run': call(
    z.strictObject({
      sessionId: id,
      extensions: z.array(z.string().max(100)).min(1).max(30),
      params: z.record(z.string().max(100), z.record(z.string().max(100), z.unknown())).optional(),
    }),
    z.object({ computed: z.array(z.object({ name: z.string(), ms: z.number() })) }),
  ),
  'compute.locateRecording': call(z.strictObject({ sessionId: id, grant: grantToken }), z.object({ recording: recordingState })),

  'session.list': call(nothing, z.object({ sessions: z.array(sessionInfoSchema) })),
  'session.open': call(z.strictObject({ sessionId: id }), z.object({ session: sessionInfoSchema, info: analyzerInfoSchema })),
  'session.rename': call(z.strictObject({ sessionId: id, title: z.string().min(1).max(200) }), done),
  /** Hides it from History; nothing is deleted. */
  'session.archive': call(z.strictObject({ sessionId: id }), done),
  /** A stretch of what happened, newest first; 200 where `count` is left out. */
  'session.history': call(
    z.strictObject({ sessionId: id, from: count.optional(), count: count.max(500).optional() }),
    z.object({ events: z.array(z.object({ at: isoTime, what: z.string(), detail: z.string() })), from: count, total: count }),
  ),

  /** Presets, steps with their parameters, and pipelines saved under a name. */
  'candidates.catalog': call(
    z.strictObject({ sessionId: id }),
    z.object({
      presets: z.array(z.object({ id: z.string(), title: z.string(), purpose: z.string(), steps: z.array(z.string()) })),
      steps: z.array(
        z.object({
          id: z.string(),
          title: z.string(),
          purpose: z.string(),
          /** Extensions that are neither there nor computable from what is: the step can't run. */
          missing: z.array(z.string()),
          /** Extensions that are not there and are computed for the run. */
          computes: z.array(z.string()),
          params: z.array(
            z.object({
              name: z.string(),
              kind: z.enum(['number', 'integer', 'choice']),
              description: z.string(),
              default: z.union([z.number(), z.string()]),
              least: z.number().optional(),
              aboveLeast: z.boolean(),
              most: z.number().optional(),
              choices: z.array(z.string()),
            }),
          ),
        }),
      ),
      pipelines: z.array(pipelineSchema),
    }),
  ),
  'candidates.savePipeline': call(
    z.strictObject({ name: givenName, steps: stepIds, params: stepParams, resolveGraph: z.boolean() }),
    z.object({ pipelines: z.array(pipelineSchema) }),
  ),
  'candidates.removePipeline': call(z.strictObject({ name: givenName }), z.object({ pipelines: z.array(pipelineSchema) })),
  'candidates.find': call(
    z.strictObject({
      sessionId: id,
      preset: z.string().max(100).optional(),
      steps: stepIds.optional(),
      params: stepParams.optional(),
      resolveGraph: z.boolean(),
      /** The name of the pipeline these steps were saved under. */
      pipeline: givenName.optional(),
      /** Keeps what earlier searches found; otherwise untouched findings of theirs leave the list. */
      unite: z.boolean().optional(),
    }),
    z.object({
      runId: id,
      groupCount: count,
      /** The first 1000 of them. */
      groups: z.array(z.object({ groupId: id, units: z.array(unitIdSchema) })),
      steps: z.array(stepReport),
      computed: z.array(z.string()),
      ms: z.number(),
    }),
  ),
  /** The newest search of the session; nothing before the first. */
  'candidates.lastRun': call(
    z.strictObject({ sessionId: id }),
    z.object({
      run: z
        .object({
          runId: id,
          at: isoTime,
          preset: z.string().optional(),
          pipeline: z.string().optional(),
          stepIds: z.array(z.string()),
          params: stepParams,
          resolveGraph: z.boolean(),
          groupCount: count,
          steps: z.array(stepReport),
          computed: z.array(z.string()),
          ms: z.number(),
        })
        .nullable(),
    }),
  ),
  /** Which step of a run dropped a pair, and by how much. */
  'candidates.whyNot': call(
    z.strictObject({ runId: id, units: z.tuple([unitIdSchema, unitIdSchema]) }),
    z.object({
      units: z.tuple([unitIdSchema, unitIdSchema]),
      isPair: z.boolean(),
      isJoined: z.boolean(),
      steps: z.array(
        z.object({
          id: z.string(),
          title: z.string(),
          outcome: z.enum(['kept', 'dropped', 'not reached']),
          findings: z.array(
            z.object({
              what: z.string(),
              of: z.enum(['first', 'second']).optional(),
              /** `null` where it could not be measured. */
              value: z.number().nullable(),
              parameter: z.string().optional(),
              must: z.enum(['be at least', 'be at most', 'be above', 'be below']),
              limit: z.number(),
              unit: z.string(),
              passes: z.boolean(),
            }),
          ),
        }),
      ),
    }),
  ),
  /** Candidates from a curation JSON, a CSV of pairs, JSON groups or a typed list, given as text. */
  'candidates.import': call(
    z.strictObject({
      sessionId: id,
      name: givenName,
      text: z.string().min(1).max(7_000_000),
      leastScore: z.number().optional(),
      /** The curation file beside phy's review, which names its proposals by a hash only. */
      curation: z.string().min(1).max(4_000_000).optional(),
    }),
    z.object({
      form: z.enum(['curation', 'groups', 'pairs', 'list', 'review']),
      groupCount: count,
      /** Groups that were not on the list before. */
      addedCount: count,
      /** Rows of a table that were not taken, by why. */
      leftOut: z.object({ sameUnit: count, acrossRecordings: count, otherRecordings: count, belowScore: count }),
      scoreColumn: z.string().optional(),
      leastScore: z.number().optional(),
      /** Of a review: decisions that were taken over, and those left since a person here decided otherwise. */
      decidedCount: count.optional(),
      keptCount: count.optional(),
      /** Of a review: those whose proposals are not known here. */
      unknownCount: count.optional(),
    }),
  ),
  /** Choices of columns and filters of the table of pairs, saved under a name. */
  'candidates.views': call(nothing, z.object({ views: z.array(viewSchema) })),
  'candidates.saveView': call(
    z.strictObject({ name: givenName, columns: z.array(z.string().max(100)).max(100), filter: z.string().max(1000) }),
    z.object({ views: z.array(viewSchema) }),
  ),
  'candidates.removeView': call(z.strictObject({ name: givenName }), z.object({ views: z.array(viewSchema) })),
  /** Pairs that `template_similarity` alone would keep, at a range of thresholds. */
  'candidates.atThresholds': call(
    z.strictObject({ sessionId: id }),
    z.object({ thresholds: z.array(z.number()), pairCounts: z.array(count), pairTotal: count, smallestDiff: z.number().nullable() }),
  ),
  'candidates.addGroup': call(z.strictObject({ sessionId: id, units: unitGroup }), z.object({ groupId: id })),
  /** Takes an undecided, unjudged group off the list; decided or judged ones stay. */
  'candidates.removeGroup': call(z.strictObject({ groupId: id }), done),

  /** A stretch of the list as a view shows it, and how many there are. In a blind review no verdict before the decision. */
  'group.list': call(
    z.strictObject({
      sessionId: id,
      view: groupViewSchema.optional(),
      from: count.optional(),
      /** 200 where left out. */
      count: count.max(500).optional(),
      /** Evidence numbers to send along, where they were measured. */
      numbers: z.array(z.string().max(100)).max(12).optional(),
    }),
    z.object({ groups: z.array(groupRowSchema), from: count, total: count, counts: listCounts }),
  ),
  /**
   * A group within a view and what lies around it. Without an id: where the person left off, else the first open group. The
   * neighbours of a group that the view does not show are the first of the view.
   */
  'group.around': call(
    z.strictObject({ sessionId: id, view: groupViewSchema.optional(), groupId: id.optional() }),
    z.object({
      group: groupRowSchema.nullable(),
      /** In the view; `null` where the view does not show it. */
      place: count.nullable(),
      total: count,
      counts: listCounts,
      previousId: id.nullable(),
      nextId: id.nullable(),
      /** Those that come next, in the order of the view. */
      aheadIds: z.array(id),
      /** Open ones after this one, then from the top: the first is next once this one is decided. */
      openIds: z.array(id),
      openUnits: z.array(z.array(unitIdSchema)),
    }),
  ),
  /** Ticks groups, or takes ticks off: named ones, all of a view, or those of a view inside an outline of two numbers. */
  'group.choose': call(
    z.strictObject({
      sessionId: id,
      change: z.enum(['set', 'add', 'drop']),
      groupIds: z.array(id).max(10_000).optional(),
      view: groupViewSchema.optional(),
      outline: z
        .strictObject({
          x: z.string().max(100),
          y: z.string().max(100),
          points: z
            .array(z.tuple([z.number(), z.number()]))
            .min(3)
            .max(5000),
        })
        .optional(),
    }),
    z.object({ chosen: count }),
  ),
  /** The groups of a view as points of two numbers, in the order of the view: all, or evenly spread ones of very many. */
  'group.points': call(
    z.strictObject({ sessionId: id, view: groupViewSchema.optional(), x: z.string().max(100), y: z.string().max(100) }),
    z.object({
      x: float32,
      y: float32,
      /** Where each stands in the view. */
      places: uint32,
      /** Groups that have both numbers; more than the points where those are a choice. */
      total: count,
      /** Groups of the view without one of the two numbers. */
      without: count,
      order: z.string(),
    }),
  ),
  /** What was decided on each of those points, by number (`pointStatuses`). Good for points of the same `order`. */
  'group.marks': call(
    z.strictObject({ sessionId: id, view: groupViewSchema.optional(), x: z.string().max(100), y: z.string().max(100) }),
    z.object({ marks: uint8, order: z.string() }),
  ),
  'group.evidence': call(
    z.strictObject({ groupId: id }),
    z.object({
      pairs: z.array(
        z.object({
          units: z.tuple([unitIdSchema, unitIdSchema]),
          labels: z.tuple([z.string(), z.string()]),
          values: z.record(z.string(), z.number().nullable()),
        }),
      ),
      numbers: z.array(numberMeaningSchema),
    }),
  ),
  /** Every evidence number: what it is, how to read it, and what this analyzer lacks for it. */
  'group.meanings': call(z.strictObject({ sessionId: id }), z.object({ numbers: z.array(numberMeaningSchema) })),
  /** Measures the numbers of every group of the list: of a pair its own, of a larger group those of its least alike pair. */
  'group.measure': call(z.strictObject({ sessionId: id }), z.object({ measured: count })),
  /** How every number is spread over near pairs of this analyzer. */
  'group.distributions': call(
    z.strictObject({ sessionId: id }),
    z.object({
      nearPairCount: count,
      sampledCount: count,
      /** Quantiles at 0, 1, …, 100 %; empty where no pair has a value. */
      numbers: z.array(z.object({ id: z.string(), count, quantiles: z.array(z.number()) })),
    }),
  ),
  /** What merging the group would make, before anything is applied. */
  'group.ifMerged': call(
    z.strictObject({ groupId: id, censorMs: z.number().min(0).max(100) }),
    z.object({
      censorMs: z.number(),
      before: z.array(unitSummary),
      after: unitSummary,
      duplicateCount: count,
      channels: z.object({ perUnit: z.array(count), common: count, together: count, overlap: z.number() }),
      template: z
        .object({
          channels: z.array(unitIdSchema),
          sampleMs: float32,
          units: z.array(z.array(float32)),
          merged: z.array(float32),
        })
        .optional(),
      autocorrelogram: z.object({
        edgesMs: float64,
        units: z.array(float64),
        merged: float64,
      }),
      amplitudes: z.array(z.object({ timeS: float32, amplitude: float32 })).optional(),
      inMicrovolts: z.boolean(),
      durationS: z.number(),
      ms: z.number(),
    }),
  ),

  /** Data of one picture, reduced to drawing resolution; the window calls the feature's `option` on it. */
  'plot.load': call(z.strictObject({ groupId: id, feature: z.string().max(50) }), z.object({ data: z.unknown(), description: z.string() })),
  /** The very picture the model gets or got. */
  'plot.picture': call(
    z.strictObject({ groupId: id, feature: z.string().max(50) }),
    z.object({
      sha256,
      width: count,
      height: count,
      mediaType: z.string(),
      bytes: z.instanceof(Uint8Array),
      description: z.string(),
      cached: z.boolean(),
      ms: z.number(),
    }),
  ),
  'plot.stored': call(z.strictObject({ sha256 }), z.object({ mediaType: z.string(), bytes: z.instanceof(Uint8Array) })),

  'judge.list': call(
    nothing,
    z.object({
      judges: z.array(
        z.object({
          id: z.string(),
          title: z.string(),
          remote: z.boolean(),
          needsKey: z.boolean(),
          needsBaseUrl: z.boolean(),
          takesBatches: z.boolean(),
          keyPresent: z.boolean(),
          models: z.array(
            z.object({
              id: z.string(),
              title: z.string(),
              images: z.boolean(),
              inputUsdPerMillion: z.number().nullable(),
              outputUsdPerMillion: z.number().nullable(),
              endsOn: z.string().nullable(),
              /** The provider's own list does not have it any more. */
              isGone: z.boolean(),
            }),
          ),
          defaultModel: z.string().nullable(),
        }),
      ),
      modelsDate: z.string(),
    }),
  ),
  /** The provider's own model list, asked now. */
  'judge.models': call(
    z.strictObject({ judge: z.string().max(50) }),
    z.object({ models: z.array(z.object({ id: z.string(), title: z.string() })) }),
  ),
  'judge.test': call(
    z.strictObject({ judge: z.string().max(50), model: z.string().max(200).optional() }),
    z.object({ ok: z.literal(true), ms: z.number() }),
  ),

  /** The table of models: names, image rules, prices, ends; what ships with a person's own rows laid over it. */
  'models.list': call(nothing, modelsList),
  'models.keep': call(z.strictObject({ provider: providerName, row: modelRowSchema }), modelsList),
  'models.remove': call(z.strictObject({ provider: providerName, model: modelName }), modelsList),
  /** Back to what ships: one model, or all of a provider. */
  'models.reset': call(z.strictObject({ provider: providerName, model: modelName.optional() }), modelsList),
  /** Asks the provider for its own list, adds what is new and marks what is gone. Nothing of an analyzer is sent. */
  'models.refresh': call(
    z.strictObject({ provider: providerName }),
    z.object({ listed: count, added: z.array(z.string()), gone: z.array(z.string()) }),
  ),

  'vault.setKey': call(z.strictObject({ provider: z.string().max(50), key: z.string().min(1).max(1000) }), z.object({ kept: z.boolean() })),
  'vault.has': call(z.strictObject({ provider: z.string().max(50) }), z.object({ present: z.boolean(), kept: z.boolean() })),
  'vault.removeKey': call(z.strictObject({ provider: z.string().max(50) }), z.object({ removed: z.boolean() })),
  'vault.state': call(nothing, z.object({ protected: z.boolean(), backend: z.enum(['keychain', 'session']) })),

  'batch.estimate': call(
    batchRequest,
    z.object({
      groupCount: count,
      alreadyAnswered: count,
      callCount: count,
      inputTokens: count,
      outputTokens: count,
      costUsd: z.number().nullable(),
      /** Where the price comes from, or that it is not known. */
      prices: z.string(),
      remote: z.boolean(),
      leaves: z.string(),
      problems: z.array(z.string()),
    }),
  ),
  'batch.start': call(batchRequest, z.object({ batchId: id })),
  'batch.pause': call(z.strictObject({ batchId: id }), done),
  /** Goes on; with limits given, they take the place of the run's own. `null` takes one away. */
  'batch.resume': call(
    z.strictObject({
      batchId: id,
      maxCostUsd: z.number().nonnegative().max(1e9).nullable().optional(),
      maxCalls: z.number().int().nonnegative().nullable().optional(),
    }),
    done,
  ),
  /** Looks at the provider's batches of a run and stores what is ready. */
  'batch.collect': call(z.strictObject({ batchId: id }), z.object({ waiting: count, stored: count })),
  /** Asks the provider one small thing and looks at the first groups: would this run work? Nothing of the analyzer is sent. */
  'batch.preflight': call(
    batchRequest,
    z.object({ checks: z.array(z.object({ what: z.string(), state: z.enum(['ok', 'wrong', 'unknown']), detail: z.string() })) }),
  ),
  'batch.cancel': call(z.strictObject({ batchId: id }), done),
  /** Plans the failed groups of a finished run again. */
  'batch.retryFailed': call(z.strictObject({ batchId: id }), done),
  /** Leaves groups out that were not asked about yet: those named, or all that are left. */
  'batch.skip': call(z.strictObject({ batchId: id, groupIds: z.array(id).max(100_000).optional() }), z.object({ skipped: count })),
  /** Plans groups again that were left out of a run that was not cancelled, and goes on. */
  'batch.retrySkipped': call(z.strictObject({ batchId: id }), done),
  'batch.list': call(z.strictObject({ sessionId: id }), z.object({ batches: z.array(batchRowSchema) })),

  'prompt.list': call(
    nothing,
    z.object({
      prompts: z.array(
        z.object({
          id: z.string(),
          version: z.string(),
          name: z.string(),
          mode: z.enum(['one call', 'panel']),
          system: z.string(),
          /** What every expert of a panel is told. */
          expert: z.string().optional(),
          guidance: z.record(z.string(), z.string()),
          hash: z.string(),
          /** The version it was changed from; `null` for those that ship. */
          basedOn: z.string().nullable(),
          createdAt: isoTime.nullable(),
        }),
      ),
    }),
  ),
  /** Keeps an edited prompt as a new version. */
  'prompt.keep': call(
    z.strictObject({
      id: z.string().max(50),
      basedOn: z.string().max(50),
      name: z.string().trim().min(1).max(200),
      system: z.string().max(40_000),
      expert: z.string().max(40_000).optional(),
      guidance: z.record(z.string().max(50), z.string().max(10_000)),
    }),
    z.object({ id: z.string(), version: z.string() }),
  ),

  'verdict.ofGroup': call(z.strictObject({ groupId: id }), z.object({ verdicts: z.array(verdictRowSchema) })),
  'verdict.raw': call(z.strictObject({ verdictId: id }), z.object({ raw: z.string(), system: z.string(), text: z.string() })),

  'review.decide': call(
    z.strictObject({
      sessionId: id,
      groupId: id,
      decision,
      note: longText.optional(),
      shownAt: isoTime.max(40).optional(),
      sawVerdict: z.boolean().optional(),
    }),
    z.object({ nextGroupId: id.nullable() }),
  ),
  'review.note': call(z.strictObject({ sessionId: id, groupId: id, note: longText }), done),
  'review.undo': call(z.strictObject({ sessionId: id }), z.object({ groupId: id.nullable() })),
  'review.redo': call(z.strictObject({ sessionId: id }), z.object({ groupId: id.nullable() })),
  'review.state': call(
    z.strictObject({ sessionId: id }),
    z.object({ total: count, decided: count, canUndo: z.boolean(), canRedo: z.boolean(), currentGroupId: id.nullable() }),
  ),
  /** Remembers which group is on screen, so that reopening continues there. */
  'review.show': call(z.strictObject({ sessionId: id, groupId: id }), done),

  /** Examples in use, and what their numbers are called. */
  'library.list': call(
    z.strictObject({ library: shortText.optional() }),
    z.object({
      examples: z.array(exampleRow),
      numbers: z.array(numberMeaningSchema.pick({ id: true, title: true, unit: true, definition: true, digits: true })),
    }),
  ),
  'library.add': call(
    z.strictObject({ groupId: id, label: z.enum(['good', 'bad']), why: z.string().max(2000), library: shortText.optional() }),
    z.object({ exampleId: id }),
  ),
  /** Takes it out of use; verdicts that were given with it keep it. */
  'library.retire': call(z.strictObject({ exampleId: id }), done),

  'apply.plan': call(
    z.strictObject({
      sessionId: id,
      source: z.enum(['review', 'verdicts']),
      /** Conflicts that were answered: those to be merged are among the merges of the plan. */
      conflicts: z.array(conflictChoice).max(10_000).optional(),
      ...mergeOptions,
    }),
    mergePlan,
  ),
  'apply.write': call(
    z.strictObject({
      sessionId: id,
      source: z.enum(['review', 'verdicts']),
      grant: grantToken,
      folderName: z.string().min(1).max(200),
      /** For each conflict of the plan, by its units: join all, or leave the whole group apart. */
      conflicts: z.array(conflictChoice).max(10_000),
      write: z.strictObject({
        analyzer: z.boolean(),
        resultsCsv: z.boolean(),
        curationJson: z.boolean(),
        phyFolder: z.boolean().optional(),
        applyScript: z.boolean().optional(),
        phyReview: z.boolean().optional(),
      }),
      format: z.enum(['binary_folder', 'zarr']).optional(),
      /** Leaves out spikes of merged units that follow another within this time. */
      censorMs: z.number().min(0).max(1000).optional(),
      ...mergeOptions,
    }),
    z.object({
      display: z.string(),
      unitCount: count,
      mergedCount: count,
      merged: z.array(z.object({ newUnitId: unitIdSchema, units: z.array(unitIdSchema) })),
      files: z.array(z.string()),
      dropped: z.array(z.object({ extension: z.string(), why: z.string() })),
      /** Other things worth a word: a property or a link left out. */
      notes: z.array(z.string()),
      ms: z.number(),
    }),
  ),
  /** Shows a folder this session wrote, in the file manager. */
  'apply.reveal': hostCall(z.strictObject({ sessionId: id }), done),

  /** What left this machine, newest first: never a key, never what was in it. */
  'requests.list': call(
    z.strictObject({ limit: z.number().int().min(1).max(1000).optional() }),
    z.object({
      requests: z.array(
        z.object({
          at: isoTime,
          judge: z.string(),
          model: z.string().nullable(),
          host: z.string(),
          method: z.string(),
          sentBytes: count,
          receivedBytes: count,
          status: count.nullable(),
          failure: z.string().nullable(),
          ms: z.number(),
        }),
      ),
      byHost: z.array(z.object({ host: z.string(), requestCount: count, sentBytes: count })),
    }),
  ),

  'settings.get': call(nothing, settingsSchema),
  'settings.set': call(settingsPatchSchema, settingsSchema),
} as const satisfies Record<string, Call>;

export type CallName = keyof typeof calls;
export type Ask<Name extends CallName> = z.input<(typeof calls)[Name]['input']>;
export type Asked<Name extends CallName> = z.output<(typeof calls)[Name]['input']>;
export type Answer<Name extends CallName> = z.output<(typeof calls)[Name]['output']>;

/** Reports how far a call is; `total` 0 means not known. */
export type ReportProgress = (done: number, total: number, what: string) => void;

export interface CallContext {
  readonly signal: AbortSignal;
  readonly progress: ReportProgress;
}

export type Handler<Name extends CallName> = (input: Asked<Name>, context: CallContext) => Promise<Answer<Name>> | Answer<Name>;

type CoreName = { [Name in CallName]: (typeof calls)[Name]['by'] extends 'core' ? Name : never }[CallName];
type HostName = Exclude<CallName, CoreName>;

/** The handlers a domain owes: `HandlersOf<'analyzer'>`. A missing one is a compile error. */
export type HandlersOf<Domain extends string> = { readonly [Name in Extract<CoreName, `${Domain}.${string}`>]: Handler<Name> };
export type CoreHandlers = { readonly [Name in CoreName]: Handler<Name> };
export type HostHandlers = { readonly [Name in HostName]: Handler<Name> };

export type AnalyzerInfo = z.output<typeof analyzerInfoSchema>;
export type SessionInfo = z.output<typeof sessionInfoSchema>;
export type GroupRow = z.output<typeof groupRowSchema>;
export type VerdictRow = z.output<typeof verdictRowSchema>;
export type BatchRow = z.output<typeof batchRowSchema>;
export type BatchRequest = z.output<typeof batchRequest>;
export type ExampleRow = z.output<typeof exampleRow>;
export type MergePlan = z.output<typeof mergePlan>;
