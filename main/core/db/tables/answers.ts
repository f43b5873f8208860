import type { Database } from 'better-sqlite3';
import type { ProviderReply } from '../../../../app/judges/judge.ts';
import { unflushed } from '../unflushed.ts';

/** Readable answers, by the hash of everything that was asked, so that the identical question is not paid for twice. */
export function answersTable(database: Database, now: () => string) {
  const byKey = database.prepare('SELECT reply FROM answers WHERE cache_key = ?');
  const insert = database.prepare('INSERT OR REPLACE INTO answers (cache_key, judge, model, reply, created_at) VALUES (?, ?, ?, ?, ?)');
  return {
    byKey(cacheKey: string): ProviderReply | undefined {
      const row = byKey.get(cacheKey) as { reply: string } | undefined;
      return row && (JSON.parse(row.reply) as ProviderReply);
    },
    /** The verdict that follows from it flushes it too. */
    put(cacheKey: string, judge: string, model: string, reply: ProviderReply): void {
      unflushed(database, () => insert.run(cacheKey, judge, model, JSON.stringify(reply), now()));
    },
  };
}
