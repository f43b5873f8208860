import type { UnitId } from '../analyzer/view.ts';
import { Failure } from '../failure.ts';
import { parseCsv } from './csv.ts';
import { readCurationJson } from './curation-json.ts';
import { parseGroupsFile } from './groups-file.ts';
import { positionOf, unitPositions } from './merge-graph.ts';

export interface ImportedGroup {
  /** In the analyzer's unit order. */
  readonly units: readonly UnitId[];
  /** What the source gave for it (the larger of two directions). */
  readonly score: number | null;
}

export interface ImportedCandidates {
  readonly form: 'curation' | 'groups' | 'pairs' | 'list';
  readonly groups: readonly ImportedGroup[];
  /** The column scores were read from. */
  readonly scoreColumn: string | undefined;
  /** The least score that was asked for, or the usual one of match probabilities. */
  readonly leastScore: number | undefined;
  /** Rows left out: below the least score, of one unit with itself, or across recordings. */
  readonly leftOutCount: number;
}

const mostGroups = 100_000;
const unitColumn = /^(?:unit|unit[ _]?id|id|cluster|cluster[ _]?id)[ _]?([12ab])$/i;
const sessionColumn = /^(?:recses|session|recording)[ _]?([12])$/i;
const scoreColumns = [
  /^um[ _]?prob/i,
  /^match[ _]?prob/i,
  /^prob/i,
  /^(?:final[ _]?metric|merge[ _]?score)$/i,
  /^(?:total)?[ _]?score$/i,
  /^similarity$/i,
];
const isProbability = /prob/i;
const usualProbability = 0.5;

/**
 * Candidates from elsewhere: SpikeInterface's curation JSON (1, 2), JSON groups (also `{new: [old, …]}` as SLAy writes it),
 * a CSV of pairs with or without scores (UnitMatch's match table, SLAy's metrics), or a typed list with one group a line.
 * Match probabilities are taken from 0.5 up where `leastScore` is left out. Throws `input.invalid` naming the source, line
 * and remedy, `analyzer.unknownUnit`.
 */
export function importCandidates(
  text: string,
  name: string,
  unitIds: readonly UnitId[],
  options: { readonly leastScore?: number | undefined } = {},
): ImportedCandidates {
  const plain = { scoreColumn: undefined, leastScore: undefined, leftOutCount: 0 };
  const inOrder = unitOrder(unitIds, name);
  const ofGroups = (groups: readonly (readonly UnitId[])[]): ImportedGroup[] => {
    if (groups.length === 0) throw new Failure('input.invalid', `${name} proposes no merge. Give at least one group.`, { source: name });
    return united(groups.map((group, index) => ({ units: inOrder(group, `group ${index + 1}`), score: null })));
  };
  if (/^\uFEFF?\s*[[{]/.test(text)) {
    const value = jsonOf(text, name);
    if (isRecord(value) && 'format_version' in value)
      return {
        form: 'curation',
        groups: ofGroups(readCurationJson(text, name, { proposals: true }).merges.map(({ units }) => units)),
        ...plain,
      };
    if (isRecord(value) && !('groups' in value)) {
      const byText = idsByText(unitIds);
      const groups = Object.values(value).map((group) => (Array.isArray(group) ? group.map((id) => byText.get(String(id)) ?? id) : []));
      return { form: 'groups', groups: ofGroups(groups.filter((group) => group.length > 1)), ...plain };
    }
    return { form: 'groups', groups: ofGroups(parseGroupsFile(text, name, unitIds)), ...plain };
  }
  const table = pairTable(text);
  if (table) return importPairs(table, name, unitIds, options.leastScore);
  return { form: 'list', groups: ofGroups(typedGroups(text, unitIds)), ...plain };
}

interface PairTable {
  readonly rows: readonly (readonly string[])[];
  readonly units: readonly [number, number];
  readonly sessions: readonly [number, number] | undefined;
  readonly score: { readonly at: number; readonly title: string } | undefined;
}

function pairTable(text: string): PairTable | undefined {
  const [header = [], ...rows] = parseCsv(text);
  const titles = header.map((title) => title.trim());
  const pairOf = (pattern: RegExp): readonly [number, number] | undefined => {
    const side = (wanted: string) => titles.findIndex((title) => wanted.includes(pattern.exec(title)?.[1]?.toLowerCase() ?? '-'));
    const both = [side('1a'), side('2b')] as const;
    return both.every((at) => at >= 0) ? both : undefined;
  };
  const units = pairOf(unitColumn);
  if (!units) return undefined;
  const score = scoreColumns.map((pattern) => titles.findIndex((title) => pattern.test(title))).find((at) => at >= 0);
  return { rows, units, sessions: pairOf(sessionColumn), score: score === undefined ? undefined : { at: score, title: titles[score] } };
}

function importPairs(table: PairTable, name: string, unitIds: readonly UnitId[], asked: number | undefined): ImportedCandidates {
  const { rows, units, sessions, score } = table;
  const leastScore = asked ?? (score && isProbability.test(score.title) ? usualProbability : undefined);
  if (asked !== undefined && !score)
    throw new Failure('input.invalid', `${name} has no column of scores, so no least score can be held. Leave it empty.`, { source: name });
  const byText = idsByText(unitIds);
  const inOrder = unitOrder(unitIds, name);
  const found: ImportedGroup[] = [];
  let leftOutCount = 0;
  rows.forEach((row, index) => {
    const where = `line ${index + 2}`;
    const ids = units.map((at) => idOf(row[at] ?? '', byText));
    const value = score ? Number((row[score.at] ?? '').trim() || Number.NaN) : Number.NaN;
    const across = sessions !== undefined && row[sessions[0]]?.trim() !== row[sessions[1]]?.trim();
    const below = leastScore !== undefined && !(value >= leastScore);
    if (across || below || ids[0] === ids[1]) {
      leftOutCount += 1;
      return;
    }
    found.push({ units: inOrder(ids, where), score: Number.isFinite(value) ? value : null });
  });
  const groups = united(found);
  if (groups.length > mostGroups)
    throw new Failure('input.invalid', `${name} holds ${groups.length} pairs; ${mostGroups} can be taken. Give a larger least score.`, {
      source: name,
    });
  if (groups.length === 0) throw new Failure('input.invalid', `${name} holds no pair that can be taken.`, { source: name, leftOutCount });
  return { form: 'pairs', groups, scoreColumn: score?.title, leastScore, leftOutCount };
}

/** Lines (or parts between semicolons) of ids apart by spaces, commas, tabs or +. */
function typedGroups(text: string, unitIds: readonly UnitId[]): UnitId[][] {
  const byText = idsByText(unitIds);
  return text
    .split(/[\n\r;]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) =>
      line
        .split(/[\s,+]+/)
        .filter((word) => word !== '')
        .map((word) => idOf(word, byText)),
    );
}

function idsByText(unitIds: readonly UnitId[]): Map<string, UnitId> {
  return new Map(unitIds.map((id) => [String(id), id]));
}

/** Tables that went through floating point write 12 as 12.0. */
function idOf(cell: string, byText: ReadonlyMap<string, UnitId>): UnitId {
  const text = cell.trim();
  return byText.get(text) ?? byText.get(text.replace(/\.0+$/, '')) ?? text;
}

function unitOrder(unitIds: readonly UnitId[], name: string): (group: readonly unknown[], where: string) => UnitId[] {
  const positions = unitPositions(unitIds);
  return (group, where) => {
    const ids = group as readonly UnitId[];
    if (ids.length < 2) throw new Failure('input.invalid', `${name}, ${where}: a group needs two or more units.`, { source: name });
    const places = ids.map((id) => {
      try {
        return positionOf(positions, id);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        throw new Failure(error.kind, `${name}, ${where}: ${error.message}`, { ...error.details, source: name });
      }
    });
    if (new Set(places).size < places.length)
      throw new Failure('input.invalid', `${name}, ${where}: a unit is named twice. Name each unit once.`, { source: name });
    return places.sort((a, b) => a - b).map((at) => unitIds[at]);
  };
}

/** The same units once, with the largest score. */
function united(groups: readonly ImportedGroup[]): ImportedGroup[] {
  const byUnits = new Map<string, ImportedGroup>();
  for (const group of groups) {
    const name = JSON.stringify(group.units);
    const known = byUnits.get(name);
    if (!known || (group.score ?? Number.NEGATIVE_INFINITY) > (known.score ?? Number.NEGATIVE_INFINITY)) byUnits.set(name, group);
  }
  return [...byUnits.values()];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function jsonOf(text: string, name: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new Failure('input.invalid', `${name} begins like JSON but can’t be read as JSON.`, { source: name }, error);
  }
}
