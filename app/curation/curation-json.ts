import { z } from 'zod';
import type { UnitId } from '../analyzer/view.ts';
import { Failure } from '../failure.ts';
import { givenJson } from './given-json.ts';
import { positionOf, unitPositions } from './merge-graph.ts';

const unitId = z.union([z.number().int(), z.string()]);
const labelDefinition = z.object({ name: z.string().optional(), label_options: z.array(z.string()), exclusive: z.boolean() });
const split = z.looseObject({ unit_id: unitId });
const manualLabel = z.looseObject({ unit_id: unitId, labels: z.record(z.string(), z.array(z.string())).optional() });

const common = {
  unit_ids: z.array(unitId),
  label_definitions: z.record(z.string(), labelDefinition).nullish(),
  manual_labels: z.array(manualLabel).nullish(),
};
const version1 = z.looseObject({
  ...common,
  format_version: z.literal('1'),
  merge_unit_groups: z.array(z.array(unitId)).nullish(),
  removed_units: z.array(unitId).nullish(),
});
const version2 = z.looseObject({
  ...common,
  format_version: z.literal('2'),
  merges: z
    .union([
      z.array(z.union([z.array(unitId), z.object({ unit_ids: z.array(unitId), new_unit_id: unitId.nullish() })])),
      z.record(z.string(), z.array(unitId)),
    ])
    .nullish(),
  removed: z.array(unitId).nullish(),
  splits: z.union([z.array(split), z.record(z.string(), z.unknown())]).nullish(),
});

export interface LabelDefinition {
  readonly labelOptions: readonly string[];
  readonly exclusive: boolean;
}

/** A curation as SpikeInterface knows it: labels, then removals, then merges, then splits. */
export interface Curation {
  readonly unitIds: readonly UnitId[];
  readonly labelDefinitions: Readonly<Record<string, LabelDefinition>>;
  readonly manualLabels: readonly { readonly unitId: UnitId; readonly labels: Readonly<Record<string, readonly string[]>> }[];
  readonly removed: readonly UnitId[];
  readonly merges: readonly { readonly units: readonly UnitId[]; readonly newUnitId?: UnitId | undefined }[];
  /** Kept as found: Samecell never splits. */
  readonly splits: readonly unknown[];
}

/**
 * SpikeInterface's curation file, format version 2, for `apply_curation`. Every merge carries its new id, so that the
 * result has the same ids whatever `new_id_strategy` is used there.
 */
export function writeCurationJson(curation: Pick<Curation, 'unitIds' | 'merges'> & Partial<Curation>): string {
  const definitions = Object.entries(curation.labelDefinitions ?? {});
  const value = {
    supported_versions: ['1', '2'],
    format_version: '2',
    unit_ids: curation.unitIds,
    label_definitions: Object.fromEntries(
      definitions.map(([name, definition]) => [name, { name, label_options: definition.labelOptions, exclusive: definition.exclusive }]),
    ),
    manual_labels: (curation.manualLabels ?? []).map((label) => ({ unit_id: label.unitId, labels: label.labels })),
    removed: curation.removed ?? [],
    merges: curation.merges.map((merge) => ({ unit_ids: merge.units, new_unit_id: merge.newUnitId ?? null })),
    splits: curation.splits ?? [],
  };
  return `${JSON.stringify(value, null, 1)}\n`;
}

/**
 * Reads a curation file of format version 1 or 2. Throws `input.invalid` naming the file, the field and the remedy,
 * and for another version the versions that can be read.
 * With `proposals` a unit may be in several merges: they are to be decided on, not yet to be done.
 */
export function readCurationJson(text: string, name: string, options: { readonly proposals?: boolean } = {}): Curation {
  const value = givenJson(text, `${name} is not JSON, so it can't be a curation file.`, { file: name });
  const version = typeof value === 'object' && value !== null && 'format_version' in value ? value.format_version : undefined;
  if (version !== '1' && version !== '2') {
    throw new Failure(
      'input.invalid',
      `${name}: format_version is ${JSON.stringify(version) ?? 'missing'}. Samecell reads "1" and "2" (as texts).`,
      { file: name, field: 'format_version' },
    );
  }
  const parsed = version === '1' ? version1.safeParse(value) : version2.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue.path.join('.');
    throw new Failure(
      'input.invalid',
      `${name}: ${field} is not as SpikeInterface's curation format ${version} has it (${issue.message}).`,
      {
        file: name,
        field,
      },
    );
  }
  const curation = curationOf(parsed.data);
  check(curation, name, options.proposals ?? false);
  return curation;
}

function curationOf(data: z.output<typeof version1> | z.output<typeof version2>): Curation {
  const definitions = Object.entries(data.label_definitions ?? {});
  const labelNames = definitions.map(([name]) => name);
  return {
    unitIds: data.unit_ids,
    labelDefinitions: Object.fromEntries(
      definitions.map(([name, definition]) => [name, { labelOptions: definition.label_options, exclusive: definition.exclusive }]),
    ),
    manualLabels: (data.manual_labels ?? []).map((label) => ({
      unitId: label.unit_id,
      labels: label.labels ?? flatLabels(label, labelNames),
    })),
    removed: data.format_version === '1' ? (data.removed_units ?? []) : (data.removed ?? []),
    merges: data.format_version === '1' ? (data.merge_unit_groups ?? []).map((units) => ({ units })) : mergesOf(data),
    splits: data.format_version === '1' ? [] : splitsOf(data),
  };
}

function mergesOf(data: z.output<typeof version2>): Curation['merges'] {
  const merges = data.merges ?? [];
  if (!Array.isArray(merges)) {
    const numeric = data.unit_ids.every((id) => typeof id === 'number');
    return Object.entries(merges).map(([id, units]) => ({ units, newUnitId: numeric ? Number(id) : id }));
  }
  return merges.map((merge) =>
    Array.isArray(merge) ? { units: merge } : { units: merge.unit_ids, newUnitId: merge.new_unit_id ?? undefined },
  );
}

function splitsOf(data: z.output<typeof version2>): readonly unknown[] {
  const splits = data.splits ?? [];
  if (Array.isArray(splits)) return splits;
  return Object.entries(splits).map(([unit, indices]) => ({ unit_id: unit, mode: 'indices', indices }));
}

function flatLabels(label: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, string[]> {
  const present = names.filter((name) => Array.isArray(label[name]));
  return Object.fromEntries(present.map((name) => [name, (label[name] as unknown[]).map(String)]));
}

function check(curation: Curation, name: string, mayOverlap: boolean): void {
  const positions = unitPositions(curation.unitIds);
  const merged = new Set<UnitId>();
  curation.merges.forEach((merge, index) => {
    const field = `merges[${index}]`;
    if (merge.units.length < 2) throw invalid(name, field, 'has fewer than two units', 'A merge needs two or more.');
    for (const id of merge.units) {
      known(positions, id, name, field);
      if (merged.has(id) && !mayOverlap)
        throw invalid(name, field, `has unit ${JSON.stringify(id)}, which is in another merge too`, 'Name each unit once.');
      merged.add(id);
    }
  });
  for (const id of curation.removed) {
    known(positions, id, name, 'removed');
    if (merged.has(id)) throw invalid(name, 'removed', `has unit ${JSON.stringify(id)}, which is merged too`, 'Keep one of the two.');
  }
}

function known(positions: ReadonlyMap<UnitId, number>, id: UnitId, name: string, field: string): void {
  try {
    positionOf(positions, id);
  } catch (error) {
    throw new Failure(
      'input.invalid',
      `${name}: ${field} names unit ${JSON.stringify(id)}, which unit_ids does not list.`,
      { file: name, field },
      error,
    );
  }
}

function invalid(name: string, field: string, what: string, remedy: string): Failure {
  return new Failure('input.invalid', `${name}: ${field} ${what}. ${remedy}`, { file: name, field });
}
