import { quotedCell } from '../analyzer/quoted-cell.ts';
import type { UnitId } from '../analyzer/view.ts';
import { Failure } from '../failure.ts';
import { type CsvDelimiter, delimiterOf, parseCsv } from './csv.ts';
import { readCurationJson } from './curation-json.ts';
import { givenJson } from './given-json.ts';
import { parseGroupsFile } from './groups-file.ts';
import { positionOf, unitPositions } from './merge-graph.ts';

export interface ImportedGroup {
  /** In the analyzer's unit order. */
  readonly units: readonly UnitId[];
  /** What the source gave for it (the larger of two directions). */
  readonly score: number | null;
  /** Everything else a table gives in numbers for the same direction, by its column: TotalScore, RankScore, … */
  readonly scores?: Readonly<Record<string, number>>;
}

/** Rows of a table that were not taken, by why. */
export interface LeftOut {
  /** Of one unit with itself. */
  sameUnit: number;
  /** Of units of two recordings. */
  acrossRecordings: number;
  /** Of another recording than this analyzer's. */
  otherRecordings: number;
  belowScore: number;
}

export interface ImportedCandidates {
  readonly form: 'curation' | 'groups' | 'pairs' | 'list';
  readonly groups: readonly ImportedGroup[];
  /** The column scores were read from. */
  readonly scoreColumn: string | undefined;
  /** The least score that was asked for, or the usual one of match probabilities. */
  readonly leastScore: number | undefined;
  readonly leftOut: Readonly<LeftOut>;
}

const mostGroups = 100_000;
const mostOtherScores = 20;
const unitColumn = /^(?:unit|unit[ _]?id|id|cluster|cluster[ _]?id)[ _]?([12ab])$/i;
const sessionColumn = /^(?:recses|session|recording)[ _]?([12])$/i;
/** Ids that UnitMatch gives over recordings, and its own decision; no scores. */
const noScoreColumn = /^(?:um[ _]?)?uid|^matches/i;
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
 * Candidates from elsewhere: SpikeInterface's curation JSON (1, 2), JSON groups (also `{new: [old, …]}` and `{old: new}` as SLAy
 * writes new2old.json and old2new.json), a CSV (commas, semicolons or tabs) of pairs with or without scores (UnitMatch's MatchTable.csv, of Python and of
 * MATLAB), or a typed list with one group a line. Of a table over several recordings the pairs within the one that this analyzer
 * can be are taken. Match probabilities are taken from 0.5 up where `leastScore` is left out. Throws `input.invalid` naming the source, line
 * and remedy, `analyzer.unknownUnit`.
 */
export function importCandidates(
  text: string,
  name: string,
  unitIds: readonly UnitId[],
  options: { readonly leastScore?: number | undefined } = {},
): ImportedCandidates {
  const plain = { scoreColumn: undefined, leastScore: undefined, leftOut: nothingLeftOut() };
  const inOrder = unitOrder(unitIds, name);
  const ofGroups = (groups: readonly (readonly UnitId[])[]): ImportedGroup[] => {
    if (groups.length === 0) throw new Failure('input.invalid', `${name} proposes no merge. Give at least one group.`, { source: name });
    return united(groups.map((group, index) => ({ units: inOrder(group, `group ${index + 1}`), score: null })));
  };
  if (/^\uFEFF?\s*[[{]/.test(text)) {
    const value = givenJson(text, `${name} begins like JSON but can’t be read as JSON.`, { source: name });
    if (isRecord(value) && 'format_version' in value)
      return {
        form: 'curation',
        groups: ofGroups(readCurationJson(text, name, { proposals: true }).merges.map(({ units }) => units)),
        ...plain,
      };
    if (isRecord(value) && !('groups' in value)) {
      const byText = idsByText(unitIds);
      const listed = Object.values(value).some(Array.isArray) ? Object.values(value) : oldIdsByNew(value);
      const groups = listed.map((group) => (Array.isArray(group) ? group.map((id) => byText.get(String(id)) ?? id) : []));
      return { form: 'groups', groups: ofGroups(groups.filter((group) => group.length > 1)), ...plain };
    }
    return { form: 'groups', groups: ofGroups(parseGroupsFile(text, name, unitIds)), ...plain };
  }
  const table = pairTable(text);
  if (table) return importPairs(table, name, unitIds, options.leastScore);
  return { form: 'list', groups: ofGroups(typedGroups(text, unitIds)), ...plain };
}

/** Whether a groups file is one that another tool writes: a map of merged ids, or a table of pairs that are not named unit1, unit2. */
export function isFromElsewhere(text: string): boolean {
  if (/^\uFEFF?\s*\[/.test(text)) return false;
  if (/^\uFEFF?\s*\{/.test(text)) return !/"groups"\s*:/.test(text);
  const end = text.search(/[\r\n]/);
  const table = pairTable(end < 0 ? text : text.slice(0, end));
  return table !== undefined && !table.header.some((title) => /^unit_?1$/i.test(title.trim()));
}

/** A map of old ids to new ones, turned round. */
function oldIdsByNew(value: Readonly<Record<string, unknown>>): string[][] {
  const olds = new Map<unknown, string[]>();
  for (const [old, fresh] of Object.entries(value)) olds.set(fresh, [...(olds.get(fresh) ?? []), old]);
  return [...olds.values()];
}

export function nothingLeftOut(): LeftOut {
  return { sameUnit: 0, acrossRecordings: 0, otherRecordings: 0, belowScore: 0 };
}

interface Column {
  readonly at: number;
  readonly title: string;
}

interface PairTable {
  readonly delimiter: CsvDelimiter;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly units: readonly [number, number];
  readonly sessions: readonly [number, number] | undefined;
  readonly score: Column | undefined;
  readonly otherScores: readonly Column[];
}

function pairTable(text: string): PairTable | undefined {
  const delimiter = delimiterOf(text);
  const [header = [], ...rows] = parseCsv(text, delimiter);
  const titles = header.map((title) => title.trim());
  const pairOf = (pattern: RegExp): readonly [number, number] | undefined => {
    const side = (wanted: string) => titles.findIndex((title) => wanted.includes(pattern.exec(title)?.[1]?.toLowerCase() ?? '-'));
    const both = [side('1a'), side('2b')] as const;
    return both.every((at) => at >= 0) ? both : undefined;
  };
  const units = pairOf(unitColumn);
  if (!units) return undefined;
  const sessions = pairOf(sessionColumn);
  const columns = titles.map((title, at) => ({ at, title }));
  const score = scoreColumns.map((pattern) => columns.find(({ title }) => pattern.test(title))).find((column) => column !== undefined);
  const taken = new Set([...units, ...(sessions ?? []), score?.at]);
  const otherScores = columns.filter(({ at, title }) => title !== '' && !taken.has(at) && !noScoreColumn.test(title));
  return { delimiter, header, rows, units, sessions, score, otherScores: otherScores.slice(0, mostOtherScores) };
}

function leastScoreOf({ score }: PairTable, asked: number | undefined): number | undefined {
  return asked ?? (score && isProbability.test(score.title) ? usualProbability : undefined);
}

/** Why a row can't be a pair of one recording that scores enough; `undefined` where it can. */
function whyLeftOut(
  { delimiter, units, sessions, score }: PairTable,
  row: readonly string[],
  leastScore: number | undefined,
): keyof LeftOut | undefined {
  if (sessions !== undefined && withoutFraction(row[sessions[0]]) !== withoutFraction(row[sessions[1]])) return 'acrossRecordings';
  if (withoutFraction(row[units[0]]) === withoutFraction(row[units[1]])) return 'sameUnit';
  return leastScore !== undefined && !(numberOf(row[score?.at ?? -1], delimiter) >= leastScore) ? 'belowScore' : undefined;
}

/**
 * A table of pairs without the rows that no import would take: a match table holds every pair of units of every recording, which
 * is more than a window can send. `undefined` where the text is no such table. `leftOut` counts what went.
 */
export function withoutNeedlessRows(text: string, asked?: number): { text: string; leftOut: LeftOut } | undefined {
  const table = pairTable(text);
  if (!table) return undefined;
  const leastScore = leastScoreOf(table, asked);
  const leftOut = nothingLeftOut();
  const kept = table.rows.filter((row) => {
    const why = whyLeftOut(table, row, leastScore);
    // A unit beside itself tells which recording it belongs to.
    if (why === undefined || why === 'sameUnit') return true;
    leftOut[why] += 1;
    return false;
  });
  return {
    text: [table.header, ...kept].map((row) => row.map((cell) => quotedCell(cell, table.delimiter)).join(table.delimiter)).join('\n'),
    leftOut,
  };
}

function importPairs(table: PairTable, name: string, unitIds: readonly UnitId[], asked: number | undefined): ImportedCandidates {
  const { delimiter, rows, units, sessions, score, otherScores } = table;
  const leastScore = leastScoreOf(table, asked);
  if (asked !== undefined && !score)
    throw new Failure('input.invalid', `${name} has no column of scores, so no least score can be held. Leave it empty.`, { source: name });
  const byText = idsByText(unitIds);
  const inOrder = unitOrder(unitIds, name);
  const recording = recordingOf(table, name, byText);
  const found: ImportedGroup[] = [];
  const leftOut = nothingLeftOut();
  rows.forEach((row, index) => {
    const elsewhere = recording !== undefined && withoutFraction(row[sessions?.[0] ?? -1]) !== recording;
    const why = whyLeftOut(table, row, leastScore) ?? (elsewhere ? 'otherRecordings' : undefined);
    if (why !== undefined) {
      leftOut[why] += 1;
      return;
    }
    const ids = units.map((at) => idOf(row[at] ?? '', byText));
    const value = numberOf(row[score?.at ?? -1], delimiter);
    const others = otherScores
      .map(({ at, title }) => [title, numberOf(row[at], delimiter)] as const)
      .filter(([, one]) => Number.isFinite(one));
    found.push({
      units: inOrder(ids, `line ${index + 2}`),
      score: Number.isFinite(value) ? value : null,
      ...(others.length > 0 ? { scores: Object.fromEntries(others) } : {}),
    });
  });
  const groups = united(found);
  if (groups.length > mostGroups)
    throw new Failure('input.invalid', `${name} holds ${groups.length} pairs; ${mostGroups} can be taken. Give a larger least score.`, {
      source: name,
    });
  if (groups.length === 0)
    throw new Failure('input.invalid', `${name} holds no pair that can be taken. ${leftOutWords(leftOut)}`.trim(), {
      source: name,
      ...leftOut,
    });
  return { form: 'pairs', groups, scoreColumn: score?.title, leastScore, leftOut };
}

/** "Left out: 3 rows across recordings, 2 of one unit with itself."; empty where nothing was. */
export function leftOutWords(leftOut: Readonly<LeftOut>): string {
  const said = [
    [leftOut.acrossRecordings, 'across recordings'],
    [leftOut.otherRecordings, 'of other recordings'],
    [leftOut.sameUnit, 'of one unit with itself'],
    [leftOut.belowScore, 'below the least score'],
  ] as const;
  const parts = said.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : []));
  return parts.length > 0 ? `Rows left out: ${parts.join(', ')}.` : '';
}

/** Which recording of a table over several this analyzer can be: the one whose units it all has. */
function recordingOf({ rows, units, sessions }: PairTable, name: string, byText: ReadonlyMap<string, UnitId>): string | undefined {
  if (sessions === undefined) return undefined;
  const unknownIn = new Map<string, boolean>();
  for (const row of rows) {
    for (const side of [0, 1] as const) {
      const recording = withoutFraction(row[sessions[side]]);
      const isUnknown = !byText.has(String(idOf(row[units[side]] ?? '', byText)));
      unknownIn.set(recording, isUnknown || unknownIn.get(recording) === true);
    }
  }
  if (unknownIn.size < 2) return undefined;
  const fitting = [...unknownIn].filter(([, isUnknown]) => !isUnknown).map(([recording]) => recording);
  if (fitting.length === 1) return fitting[0];
  const all = [...unknownIn.keys()].join(', ');
  throw new Failure(
    'input.invalid',
    fitting.length === 0
      ? `${name} is of recordings ${all}, and this analyzer has not all units of any of them. Keep the rows of this recording only.`
      : `${name} is of several recordings, and the units of ${fitting.join(' and ')} are all in this analyzer. Keep the rows of its recording only.`,
    { source: name },
  );
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
  return byText.get(text) ?? byText.get(withoutFraction(text)) ?? text;
}

function withoutFraction(cell: string | undefined): string {
  return (cell ?? '').trim().replace(/\.0+$/, '');
}

function numberOf(cell: string | undefined, delimiter: CsvDelimiter): number {
  const text = (cell ?? '').trim();
  return Number((delimiter === ';' ? text.replace(',', '.') : text) || Number.NaN);
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
