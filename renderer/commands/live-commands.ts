import { useEffect, useRef } from 'react';
import { create } from 'zustand';
import type { CommandId } from '../../app/commands/registry.ts';

type Run = () => void;

/** Commands that can be given now, each with what it does; the newest claim wins. */
export const useLiveCommands = create<{ readonly claims: ReadonlyMap<string, readonly Run[]> }>(() => ({ claims: new Map() }));

function changeClaims(id: string, change: (claims: readonly Run[]) => readonly Run[]): void {
  useLiveCommands.setState(({ claims }) => {
    const next = new Map(claims);
    const changed = change(next.get(id) ?? []);
    if (changed.length > 0) next.set(id, changed);
    else next.delete(id);
    return { claims: next };
  });
}

/** Answers to a command while mounted (and `enabled`), whether it comes from a key, the palette or the menu. */
export function useCommand(id: CommandId, run: Run, enabled = true): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    if (!enabled) return undefined;
    const claim = () => latest.current();
    changeClaims(id, (claims) => [...claims, claim]);
    return () => changeClaims(id, (claims) => claims.filter((other) => other !== claim));
  }, [id, enabled]);
}

/** Gives a command; false where nothing on screen answers to it. */
export function giveCommand(id: string): boolean {
  const run = useLiveCommands.getState().claims.get(id)?.at(-1);
  run?.();
  return run !== undefined;
}
