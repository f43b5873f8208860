import { z } from 'zod';

/** What the core tells every window. Each is a hint to ask again, never the truth itself. */
export const events = {
  'session.changed': z.object({ sessionId: z.string() }),
  /** Extensions were computed: every number and picture of the session may be another. */
  'analyzer.computed': z.object({ sessionId: z.string() }),
  'groups.changed': z.object({ sessionId: z.string(), groupIds: z.array(z.string()).optional() }),
  /** A person ticked groups, or took ticks off. */
  'choice.changed': z.object({ sessionId: z.string() }),
  'batch.progressed': z.object({ batchId: z.string(), sessionId: z.string() }),
  'batch.finished': z.object({
    batchId: z.string(),
    sessionId: z.string(),
    done: z.number(),
    failed: z.number(),
    costUsd: z.number().nullable(),
  }),
  'library.changed': z.object({}),
  'settings.changed': z.object({}),
  /** The core was started again; the window asks for its state anew. */
  'core.restarted': z.object({}),
  /** A menu item or shortcut of the host was chosen. */
  'command.chosen': z.object({ command: z.string() }),
  /** A folder was opened from outside (second start, drop on the icon). */
  'grant.arrived': z.object({ grant: z.string(), name: z.string() }),
} as const satisfies Record<string, z.ZodType>;

export type EventName = keyof typeof events;
export type EventData<Name extends EventName> = z.output<(typeof events)[Name]>;
export type Emit = <Name extends EventName>(name: Name, data: EventData<Name>) => void;
