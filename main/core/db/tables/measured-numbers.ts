import type { Database } from 'better-sqlite3';
import { unflushed } from '../unflushed.ts';

export type Numbers = Readonly<Record<string, number | null>>;

/** Numbers once measured: of pairs, and how they are spread over near pairs, by the content they belong to. */
export function measuredNumbersTable(database: Database, now: () => string) {
  const pair = database.prepare('SELECT numbers FROM measured_pairs WHERE fingerprint = ? AND units = ? AND version = ?');
  const pairs = database.prepare('SELECT units, numbers FROM measured_pairs WHERE fingerprint = ? AND version = ?');
  const putPair = database.prepare(
    `INSERT INTO measured_pairs (fingerprint, units, version, numbers) VALUES (?, ?, ?, ?)
     ON CONFLICT (fingerprint, units) DO UPDATE SET version = excluded.version, numbers = excluded.numbers`,
  );
  const distributions = database.prepare('SELECT content FROM number_distributions WHERE fingerprint = ? AND version = ?');
  const putDistributions = database.prepare(
    `INSERT INTO number_distributions (fingerprint, version, content, created_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (fingerprint) DO UPDATE SET version = excluded.version, content = excluded.content, created_at = excluded.created_at`,
  );
  return {
    /** By the pair's ids as JSON; each still as JSON, since reading a hundred thousand takes its time. */
    pairs(fingerprint: string, version: string): Map<string, string> {
      const rows = pairs.all(fingerprint, version) as { units: string; numbers: string }[];
      return new Map(rows.map(({ units, numbers }) => [units, numbers]));
    },
    /** Of one pair, by its ids as JSON. */
    pair(fingerprint: string, version: string, units: string): Numbers | undefined {
      const row = pair.get(fingerprint, units, version) as { numbers: string } | undefined;
      return row && JSON.parse(row.numbers);
    },
    /** Measured anew where a power cut takes it away. */
    putPair(fingerprint: string, version: string, units: string, numbers: Numbers): void {
      unflushed(database, () => putPair.run(fingerprint, units, version, JSON.stringify(numbers)));
    },
    distributions(fingerprint: string, version: string): unknown {
      const row = distributions.get(fingerprint, version) as { content: string } | undefined;
      return row && JSON.parse(row.content);
    },
    putDistributions(fingerprint: string, version: string, content: unknown): void {
      putDistributions.run(fingerprint, version, JSON.stringify(content), now());
    },
  };
}
