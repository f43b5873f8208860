import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { UnitId } from '../../../../app/analyzer/view.ts';

export interface NewExample {
  readonly library: string;
  readonly label: 'good' | 'bad';
  readonly why: string;
  readonly units: readonly UnitId[];
  readonly labels: readonly string[];
  readonly numbers: Readonly<Record<string, number | null>>;
  readonly groupId: string;
  readonly fingerprint: string;
  readonly analyzerId: string;
  readonly analyzerName: string;
  readonly pictures: readonly { readonly feature: string; readonly sha256: string }[];
}

export interface ExampleRecord extends NewExample {
  readonly exampleId: string;
  readonly createdAt: string;
  readonly retired: boolean;
}

interface Raw {
  exampleId: string;
  library: string;
  label: 'good' | 'bad';
  why: string;
  units: string;
  labels: string;
  numbers: string;
  groupId: string;
  fingerprint: string;
  analyzerId: string;
  analyzerName: string;
  createdAt: string;
  retiredAt: string | null;
}

/** Kept examples with their pictures and numbers as they were then. Retired ones stay for the verdicts that used them. */
export function examplesTable(database: Database, now: () => string) {
  const select = `SELECT example_id AS exampleId, library, label, why, units, labels, numbers, group_id AS groupId, fingerprint,
      analyzer_id AS analyzerId, analyzer_name AS analyzerName, created_at AS createdAt, retired_at AS retiredAt FROM examples`;
  const insert = database.prepare(
    `INSERT INTO examples (example_id, library, label, why, units, labels, numbers, group_id, fingerprint, analyzer_id, analyzer_name, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertPicture = database.prepare('INSERT INTO example_pictures (example_id, position, feature, sha256) VALUES (?, ?, ?, ?)');
  const pictures = database.prepare('SELECT feature, sha256 FROM example_pictures WHERE example_id = ? ORDER BY position');
  const byId = database.prepare([select, 'WHERE example_id = ?'].join(' '));
  const active = database.prepare([select, 'WHERE retired_at IS NULL ORDER BY seq'].join(' '));
  const activeIn = database.prepare([select, 'WHERE retired_at IS NULL AND library = ? ORDER BY seq'].join(' '));
  const retire = database.prepare('UPDATE examples SET retired_at = ? WHERE example_id = ? AND retired_at IS NULL');
  const retireOfGroup = database.prepare('UPDATE examples SET retired_at = ? WHERE group_id = ? AND library = ? AND retired_at IS NULL');
  const labels = database.prepare(
    `SELECT e.group_id AS groupId, e.label FROM examples e JOIN groups g ON g.group_id = e.group_id
     WHERE g.session_id = ? AND e.retired_at IS NULL ORDER BY e.seq`,
  );

  const label = database.prepare('SELECT label FROM examples WHERE group_id = ? AND retired_at IS NULL ORDER BY seq DESC LIMIT 1');

  const record = (raw: Raw): ExampleRecord => ({
    ...raw,
    units: JSON.parse(raw.units),
    labels: JSON.parse(raw.labels),
    numbers: JSON.parse(raw.numbers),
    retired: raw.retiredAt !== null,
    pictures: pictures.all(raw.exampleId) as { feature: string; sha256: string }[],
  });

  return {
    add(example: NewExample): string {
      const exampleId = randomUUID();
      insert.run(
        exampleId,
        example.library,
        example.label,
        example.why,
        JSON.stringify(example.units),
        JSON.stringify(example.labels),
        JSON.stringify(example.numbers),
        example.groupId,
        example.fingerprint,
        example.analyzerId,
        example.analyzerName,
        now(),
      );
      for (const [position, picture] of example.pictures.entries()) insertPicture.run(exampleId, position, picture.feature, picture.sha256);
      return exampleId;
    },
    byId(exampleId: string): ExampleRecord | undefined {
      const raw = byId.get(exampleId) as Raw | undefined;
      return raw && record(raw);
    },
    /** Those in use, oldest first; of one library where named. */
    active: (library?: string) => ((library === undefined ? active.all() : activeIn.all(library)) as Raw[]).map(record),
    /** True where it was in use. */
    retire: (exampleId: string) => retire.run(now(), exampleId).changes > 0,
    retireOfGroup(groupId: string, library: string): void {
      retireOfGroup.run(now(), groupId, library);
    },
    labelOf: (groupId: string) => (label.get(groupId) as { label: 'good' | 'bad' } | undefined)?.label,
    /** Label of each group of the session that is an example now. */
    labelsOf: (sessionId: string) =>
      new Map((labels.all(sessionId) as { groupId: string; label: 'good' | 'bad' }[]).map((row) => [row.groupId, row.label])),
  };
}
