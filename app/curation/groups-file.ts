import type { UnitId } from '../analyzer/view.ts';
import { Failure } from '../failure.ts';
import { delimiterOf, parseCsv } from './csv.ts';
import { givenJson } from './given-json.ts';
import { positionOf, unitPositions } from './merge-graph.ts';

/**
 * Groups from a file: JSON `[[id, id], …]` or `{"groups": [[id, id], …]}`, or a CSV (commas, semicolons or tabs) with columns
 * `unit1,unit2[,…]` (others are ignored, empty cells at the end of a row too). `name` ends in `.json` or `.csv`; otherwise the
 * first character tells. JSON ids keep their type; in a CSV, where everything is text, an id is the one the analyzer writes that
 * way, or that pandas makes of it in a column with empty cells ("12.0").
 * Throws `input.invalid` naming the file, the group and the remedy, `analyzer.unknownUnit` for an id that is not there.
 */
export function parseGroupsFile(text: string, name: string, unitIds: readonly UnitId[]): UnitId[][] {
  const groups = isJson(text, name) ? jsonGroups(text, name) : csvGroups(text, name, unitIds);
  if (groups.length === 0) throw invalid(name, 'it holds no groups', 'Give at least one, such as [[12, 14]].');
  const positions = unitPositions(unitIds);
  groups.forEach((group, index) => {
    const where = `group ${index + 1}`;
    if (group.length < 2) throw invalid(name, `${where} has fewer than two units`, 'A group needs two or more.');
    for (const id of group) checkUnit(positions, id, name, where);
    const twice = group.find((id, at) => group.indexOf(id) !== at);
    if (twice !== undefined) throw invalid(name, `${where} has unit ${JSON.stringify(twice)} twice`, 'Name each unit once.');
  });
  return groups;
}

function checkUnit(positions: ReadonlyMap<UnitId, number>, id: UnitId, name: string, where: string): void {
  try {
    positionOf(positions, id);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure('analyzer.unknownUnit', `${name}, ${where}: ${error.message}`, { ...error.details, file: name });
  }
}

function isJson(text: string, name: string): boolean {
  if (/\.json$/i.test(name)) return true;
  if (/\.(csv|txt)$/i.test(name)) return false;
  return /^\uFEFF?\s*[[{]/.test(text);
}

function jsonGroups(text: string, name: string): UnitId[][] {
  const value = givenJson(text, `${name} is not JSON. It should hold [[id, id], …] or {"groups": [[id, id], …]}.`, { file: name });
  const list = typeof value === 'object' && value !== null && 'groups' in value ? value.groups : value;
  if (!Array.isArray(list)) throw invalid(name, 'it has no list of groups', 'It should hold [[id, id], …] or {"groups": [[id, id], …]}.');
  return list.map((group: unknown, index) => {
    if (!Array.isArray(group)) throw invalid(name, `group ${index + 1} is not a list`, 'Write each group as [id, id].');
    return group.map((id: unknown): UnitId => {
      if (typeof id === 'string' || (typeof id === 'number' && Number.isSafeInteger(id))) return id;
      throw invalid(name, `group ${index + 1} holds ${shown(id)}`, 'A unit id is a whole number or a text.');
    });
  });
}

function csvGroups(text: string, name: string, unitIds: readonly UnitId[]): UnitId[][] {
  const [header, ...rows] = parseCsv(text, delimiterOf(text));
  const columns = (header ?? [])
    .map((title, at) => ({ at, number: Number(/^unit_?([0-9]+)$/i.exec(title.trim())?.[1] ?? Number.NaN) }))
    .filter((column) => Number.isFinite(column.number))
    .sort((a, b) => a.number - b.number);
  if (columns.length < 2) {
    throw invalid(name, 'it has no columns unit1 and unit2', 'The first line should be unit1,unit2 and each further line one group.');
  }
  const byText = new Map(unitIds.map((id) => [String(id), id]));
  return rows.map((row) =>
    columns
      .map((column) => row[column.at] ?? '')
      .filter((cell) => cell.trim() !== '')
      .map((cell) => byText.get(cell) ?? byText.get(cell.trim()) ?? byText.get(cell.trim().replace(/^(-?[0-9]+)\.0+$/, '$1')) ?? cell),
  );
}

function invalid(name: string, what: string, remedy: string): Failure {
  return new Failure('input.invalid', `${name}: ${what}. ${remedy}`, { file: name });
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
