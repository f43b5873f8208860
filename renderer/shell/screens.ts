import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import type { ScreenId } from '../state/place.ts';

export interface Screen {
  readonly id: ScreenId;
  readonly title: string;
  /** A step of a session (a tab), or a place of the whole application. */
  readonly of: 'session' | 'application';
  readonly component: LazyExoticComponent<ComponentType>;
}

/** Every screen, in the order of the tabs. */
export const screens = [
  {
    id: 'start',
    title: 'Start',
    of: 'application',
    component: lazy(async () => ({ default: (await import('../screens/start/start.tsx')).Start })),
  },
  {
    id: 'overview',
    title: 'Overview',
    of: 'session',
    component: lazy(async () => ({ default: (await import('../screens/overview/overview.tsx')).Overview })),
  },
  {
    id: 'history',
    title: 'History',
    of: 'application',
    component: lazy(async () => ({ default: (await import('../screens/history/history.tsx')).History })),
  },
] as const satisfies readonly Screen[];

export function screenById(id: ScreenId): Screen {
  return screens.find((screen) => screen.id === id) ?? screens[0];
}
