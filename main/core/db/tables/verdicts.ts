import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { FeatureFinding, Verdict, VerdictWord } from '../../../../app/contract/verdict.ts';
import type { Vote } from '../../batch/store.ts';

export interface NewVerdict {
  readonly groupId: string;
  readonly sessionId: string;
  readonly batchId: string;
  readonly itemId: string;
  readonly judge: string;
  /** As it was asked for; `model` is what the provider says it was. */
  readonly askedModel: string;
  readonly model: string;
  readonly promptId: string;
  readonly promptVersion: string;
  readonly promptHash: string;
  readonly verdict: Verdict;
  readonly numbers: Readonly<Record<string, number | null>>;
  readonly params: Readonly<Record<string, unknown>>;
  readonly exampleIds: readonly string[];
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens: number;
  readonly requestCount: number;
  readonly costUsd: number | null;
  readonly latencyMs: number;
  readonly finish: string;
  readonly warnings: readonly string[];
  readonly raw: string;
  readonly system: string;
  readonly text: string;
  readonly pictures: readonly { readonly feature: string; readonly sha256: string }[];
  readonly votes: readonly Vote[];
}

export interface VerdictRecord {
  readonly verdictId: string;
  readonly groupId: string;
  readonly sessionId: string;
  readonly batchId: string | null;
  readonly judge: string;
  readonly model: string;
  readonly promptId: string;
  readonly promptVersion: string;
  readonly promptHash: string;
  readonly verdict: VerdictWord;
  readonly confidence: number;
  readonly reasoning: string;
  readonly features: readonly FeatureFinding[];
  readonly cells: readonly (readonly string[])[] | undefined;
  readonly numbers: Readonly<Record<string, number | null>>;
  readonly params: Readonly<Record<string, unknown>>;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
  readonly latencyMs: number;
  readonly createdAt: string;
  readonly pictures: readonly { readonly feature: string; readonly sha256: string }[];
  /** Empty where the judge gives no votes, or gave them before they were kept. */
  readonly votes: readonly Vote[];
}

export interface NewestVerdict {
  readonly groupId: string;
  readonly verdictId: string;
  readonly judge: string;
  readonly model: string;
  readonly verdict: VerdictWord;
  readonly confidence: number;
  readonly reasoning: string;
  readonly costUsd: number | null;
  readonly cells: readonly (readonly string[])[] | undefined;
  readonly verdictCount: number;
}

/** What makes two questions the same, but for the group. */
export interface AskedHow {
  readonly judge: string;
  readonly model: string;
  readonly promptId: string;
  readonly promptVersion: string;
  /** One where left out. */
  readonly votes?: number;
}

/** Judges' answers with everything that produced them. Rows are only ever added; the database refuses anything else. */
export function verdictsTable(database: Database, now: () => string) {
  const insert = database.prepare(
    `INSERT INTO verdicts (verdict_id, group_id, session_id, batch_id, item_id, judge, asked_model, model, prompt_id, prompt_version, prompt_hash,
       verdict, confidence, reasoning, features, cells, numbers, params, example_ids, input_tokens, output_tokens, cached_input_tokens,
       request_count, cost_usd, latency_ms, finish, warnings, raw, system_text, question_text, created_at)
     VALUES (@verdictId, @groupId, @sessionId, @batchId, @itemId, @judge, @askedModel, @model, @promptId, @promptVersion, @promptHash,
       @word, @confidence, @reasoning, @features, @cells, @numbersJson, @paramsJson, @exampleIdsJson, @inputTokens, @outputTokens, @cachedInputTokens,
       @requestCount, @costUsd, @latencyMs, @finish, @warningsJson, @raw, @system, @text, @at)`,
  );
  const insertPicture = database.prepare('INSERT INTO verdict_pictures (verdict_id, position, feature, sha256) VALUES (?, ?, ?, ?)');
  const pictures = database.prepare('SELECT feature, sha256 FROM verdict_pictures WHERE verdict_id = ? ORDER BY position');
  const ofGroup = database.prepare(
    `SELECT verdict_id AS verdictId, group_id AS groupId, session_id AS sessionId, batch_id AS batchId, judge, model, prompt_id AS promptId,
       prompt_version AS promptVersion, prompt_hash AS promptHash, verdict, confidence, reasoning, features, cells, numbers, params,
       input_tokens AS inputTokens, output_tokens AS outputTokens, cost_usd AS costUsd, latency_ms AS latencyMs, created_at AS createdAt
     FROM verdicts WHERE group_id = ? ORDER BY seq DESC`,
  );
  const newest = database.prepare(
    `SELECT v.group_id AS groupId, v.verdict_id AS verdictId, v.judge, v.model, v.verdict, v.confidence, v.reasoning, v.cost_usd AS costUsd, v.cells, n.verdictCount
     FROM (SELECT group_id, MAX(seq) AS seq, COUNT(*) AS verdictCount FROM verdicts WHERE session_id = ? GROUP BY group_id) n
     JOIN verdicts v ON v.seq = n.seq`,
  );
  const newestOfGroup = database.prepare('SELECT verdict_id AS verdictId FROM verdicts WHERE group_id = ? ORDER BY seq DESC LIMIT 1');
  const newestVerdict = database.prepare(
    `SELECT group_id AS groupId, verdict_id AS verdictId, judge, model, verdict, confidence, reasoning, cost_usd AS costUsd, cells,
       (SELECT COUNT(*) FROM verdicts WHERE group_id = @id) AS verdictCount
     FROM verdicts WHERE group_id = @id ORDER BY seq DESC LIMIT 1`,
  );
  const reasoning = database.prepare('SELECT reasoning FROM verdicts WHERE verdict_id = ?');
  const raw = database.prepare('SELECT raw, system_text AS system, question_text AS text FROM verdicts WHERE verdict_id = ?');
  const answered = database.prepare(
    `SELECT DISTINCT group_id AS groupId FROM verdicts
     WHERE session_id = ? AND judge = ? AND asked_model = ? AND prompt_id = ? AND prompt_version = ?
       AND COALESCE(json_extract(params, '$.votes'), 1) = ?`,
  );

  const insertVote = database.prepare(
    `INSERT INTO verdict_votes (verdict_id, position, verdict, confidence, reasoning, features, cells, unit_order, cached)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const votes = database.prepare(
    `SELECT verdict, confidence, reasoning, features, cells, unit_order AS unitOrder, cached FROM verdict_votes
     WHERE verdict_id = ? ORDER BY position`,
  );

  return {
    add(verdict: NewVerdict): string {
      const verdictId = randomUUID();
      insert.run({
        verdictId,
        groupId: verdict.groupId,
        sessionId: verdict.sessionId,
        batchId: verdict.batchId,
        itemId: verdict.itemId,
        judge: verdict.judge,
        askedModel: verdict.askedModel,
        model: verdict.model,
        promptId: verdict.promptId,
        promptVersion: verdict.promptVersion,
        promptHash: verdict.promptHash,
        word: verdict.verdict.verdict,
        confidence: verdict.verdict.confidence,
        reasoning: verdict.verdict.reasoning,
        features: JSON.stringify(verdict.verdict.features),
        cells: verdict.verdict.cells === undefined ? null : JSON.stringify(verdict.verdict.cells),
        numbersJson: JSON.stringify(verdict.numbers),
        paramsJson: JSON.stringify(verdict.params),
        exampleIdsJson: JSON.stringify(verdict.exampleIds),
        inputTokens: verdict.inputTokens,
        outputTokens: verdict.outputTokens,
        cachedInputTokens: verdict.cachedInputTokens,
        requestCount: verdict.requestCount,
        costUsd: verdict.costUsd,
        latencyMs: verdict.latencyMs,
        finish: verdict.finish,
        warningsJson: JSON.stringify(verdict.warnings),
        raw: verdict.raw,
        system: verdict.system,
        text: verdict.text,
        at: now(),
      });
      for (const [position, picture] of verdict.pictures.entries()) insertPicture.run(verdictId, position, picture.feature, picture.sha256);
      for (const [position, { verdict: vote, order, cached }] of verdict.votes.entries()) {
        insertVote.run(
          verdictId,
          position,
          vote.verdict,
          vote.confidence,
          vote.reasoning,
          JSON.stringify(vote.features),
          vote.cells === undefined ? null : JSON.stringify(vote.cells),
          JSON.stringify(order),
          Number(cached),
        );
      }
      return verdictId;
    },
    /** Newest first. */
    ofGroup: (groupId: string) =>
      (ofGroup.all(groupId) as Record<string, unknown>[]).map((row) => {
        const parsed = { ...row, features: JSON.parse(String(row.features)), cells: cellsOf(row.cells) };
        return {
          ...parsed,
          numbers: JSON.parse(String(row.numbers)),
          params: JSON.parse(String(row.params)),
          pictures: pictures.all(row.verdictId),
          votes: (votes.all(row.verdictId) as RawVote[]).map(voteOf),
        } as unknown as VerdictRecord;
      }),
    /** For each group of the session that has any: the newest one, whoever gave it. */
    newestBySession: (sessionId: string) =>
      new Map(
        (newest.all(sessionId) as (Omit<NewestVerdict, 'cells'> & { cells: string | null })[]).map((row) => [
          row.groupId,
          { ...row, cells: cellsOf(row.cells) } as NewestVerdict,
        ]),
      ),
    /** The newest one of a group, whoever gave it. */
    newestOf(groupId: string): NewestVerdict | undefined {
      const row = newestVerdict.get({ id: groupId }) as (Omit<NewestVerdict, 'cells'> & { cells: string | null }) | undefined;
      return row && ({ ...row, cells: cellsOf(row.cells) } as NewestVerdict);
    },
    reasoningOf: (verdictId: string) => (reasoning.get(verdictId) as { reasoning: string } | undefined)?.reasoning ?? '',
    newestIdOf: (groupId: string) => (newestOfGroup.get(groupId) as { verdictId: string } | undefined)?.verdictId,
    raw: (verdictId: string) => raw.get(verdictId) as { raw: string; system: string; text: string } | undefined,
    /** Groups of the session that were already answered in this way. */
    answered: (sessionId: string, how: AskedHow) =>
      new Set(
        (answered.all(sessionId, how.judge, how.model, how.promptId, how.promptVersion, how.votes ?? 1) as { groupId: string }[]).map(
          (row) => row.groupId,
        ),
      ),
  };
}

interface RawVote {
  readonly verdict: VerdictWord;
  readonly confidence: number;
  readonly reasoning: string;
  readonly features: string;
  readonly cells: string | null;
  readonly unitOrder: string;
  readonly cached: number;
}

function voteOf({ verdict, confidence, reasoning, features, cells, unitOrder, cached }: RawVote): Vote {
  const parsed = cellsOf(cells);
  return {
    verdict: {
      verdict,
      confidence,
      reasoning,
      features: JSON.parse(features),
      ...(parsed ? { cells: parsed.map((cell) => [...cell]) } : {}),
    },
    order: JSON.parse(unitOrder),
    cached: cached === 1,
  };
}

function cellsOf(stored: unknown): readonly (readonly string[])[] | undefined {
  return typeof stored === 'string' ? JSON.parse(stored) : undefined;
}
