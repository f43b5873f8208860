import type { Database } from 'better-sqlite3';
import { type Settings, type SettingsPatch, settingsSchema } from '../../../../app/contract/settings.ts';

/** Settings that were changed; everything else has its default. */
export function settingsTable(database: Database) {
  const all = database.prepare('SELECT name, value FROM settings');
  const put = database.prepare('INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value');
  const names = Object.keys(settingsSchema.shape) as (keyof Settings)[];

  const read = (): Settings => {
    const stored = new Map((all.all() as { name: string; value: string }[]).map((row) => [row.name, row.value]));
    const values: Record<string, unknown> = {};
    for (const name of names) {
      const value = stored.get(name);
      if (value === undefined) continue;
      // A stored value whose form has changed since falls back to the default.
      const parsed = settingsSchema.shape[name].safeParse(JSON.parse(value));
      if (parsed.success) values[name] = parsed.data;
    }
    return settingsSchema.parse(values);
  };

  return {
    read,
    /** All of the patch or nothing; everything as it stands then comes back. */
    write(patch: SettingsPatch): Settings {
      const writeAll = database.transaction(() => {
        for (const [name, value] of Object.entries(patch)) if (value !== undefined) put.run(name, JSON.stringify(value));
      });
      writeAll.immediate();
      return read();
    },
  };
}
