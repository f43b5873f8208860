import type { UnitId } from '../analyzer/view.ts';
import type { FeatureFinding, VerdictWord } from '../contract/verdict.ts';
import { type CsvCell, csvText } from './csv.ts';

/** One group with all that decided it. */
export interface ResultRow {
  readonly groupId: string | number;
  readonly units: readonly UnitId[];
  /** The person's word; it is the final one. */
  readonly decision: VerdictWord | null;
  readonly decidedAt: string | null;
  readonly note: string;
  readonly verdict: ResultVerdict | null;
}

/** The newest verdict and what produced it. */
export interface ResultVerdict {
  readonly verdict: VerdictWord;
  readonly confidence: number;
  readonly reasoning: string;
  readonly features: readonly FeatureFinding[];
  readonly judge: string;
  readonly model: string;
  readonly promptId: string;
  readonly promptVersion: string;
  readonly promptHash: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
  readonly latencyMs: number;
  readonly createdAt: string;
  readonly pictures: readonly { readonly feature: string; readonly sha256: string }[];
}

/** The first five are the columns of SpikeAgent's table; the rest says where each row comes from. */
export const resultColumns = [
  'group_id',
  'merge_type',
  'merge_units',
  'reasoning',
  'report',
  'decided_by',
  'decision',
  'decided_at',
  'note',
  'verdict',
  'confidence',
  'judge',
  'model',
  'prompt_id',
  'prompt_version',
  'prompt_hash',
  'input_tokens',
  'output_tokens',
  'cost_usd',
  'latency_ms',
  'verdict_at',
  'pictures',
] as const;

/**
 * The results table as CSV. `merge_type` is the final word: the person's decision, else the newest verdict, else empty.
 * `merge_units` is a JSON list (`[3, 41]`, `["a", "b"]`), which Python's `ast.literal_eval` reads too. `pictures` holds
 * the SHA-256 of each picture the judge saw.
 */
export function resultsCsv(rows: readonly ResultRow[]): string {
  return csvText([resultColumns, ...rows.map(cellsOf)]);
}

function cellsOf(row: ResultRow): CsvCell[] {
  const { verdict } = row;
  const values: Record<(typeof resultColumns)[number], CsvCell> = {
    group_id: row.groupId,
    merge_type: row.decision ?? verdict?.verdict ?? '',
    merge_units: unitList(row.units),
    reasoning: verdict?.reasoning ?? '',
    report: verdict === null ? '' : reportText(verdict.features),
    decided_by: row.decision === null ? (verdict?.judge ?? '') : 'person',
    decision: row.decision,
    decided_at: row.decidedAt,
    note: row.note,
    verdict: verdict?.verdict ?? null,
    confidence: verdict?.confidence ?? null,
    judge: verdict?.judge ?? null,
    model: verdict?.model ?? null,
    prompt_id: verdict?.promptId ?? null,
    prompt_version: verdict?.promptVersion ?? null,
    prompt_hash: verdict?.promptHash ?? null,
    input_tokens: verdict?.inputTokens ?? null,
    output_tokens: verdict?.outputTokens ?? null,
    cost_usd: verdict?.costUsd ?? null,
    latency_ms: verdict?.latencyMs ?? null,
    verdict_at: verdict?.createdAt ?? null,
    pictures: verdict?.pictures.map((picture) => `${picture.feature}:${picture.sha256}`).join(' ') ?? null,
  };
  return resultColumns.map((column) => values[column]);
}

function unitList(units: readonly UnitId[]): string {
  return `[${units.map((id) => JSON.stringify(id)).join(', ')}]`;
}

function reportText(features: readonly FeatureFinding[]): string {
  return features
    .map((finding) => `[${finding.feature}] ${finding.finding} (supports: ${finding.supports}, severity: ${finding.severity})`)
    .join('\n\n');
}
