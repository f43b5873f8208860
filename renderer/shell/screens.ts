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
    id: 'candidates',
    title: 'Candidates',
    of: 'session',
    component: lazy(async () => ({ default: (await import('../screens/candidates/candidates.tsx')).Candidates })),
  },
  {
    id: 'batch',
    title: 'Judge',
    of: 'session',
    component: lazy(async () => ({ default: (await import('../screens/batch/batch.tsx')).Batch })),
  },
  {
    id: 'review',
    title: 'Review',
    of: 'session',
    component: lazy(async () => ({ default: (await import('../screens/review/review.tsx')).Review })),
  },
  {
    id: 'results',
    title: 'Results',
    of: 'session',
    component: lazy(async () => ({ default: (await import('../screens/results/results.tsx')).Results })),
  },
  {
    id: 'history',
    title: 'History',
    of: 'application',
    component: lazy(async () => ({ default: (await import('../screens/history/history.tsx')).History })),
  },
  {
    id: 'library',
    title: 'Library',
    of: 'application',
    component: lazy(async () => ({ default: (await import('../screens/library/library.tsx')).Library })),
  },
  {
    id: 'settings',
    title: 'Settings',
    of: 'application',
    component: lazy(async () => ({ default: (await import('../screens/settings/settings.tsx')).Settings })),
  },
] as const satisfies readonly Screen[];

export function screenById(id: ScreenId): Screen {
  return screens.find((screen) => screen.id === id) ?? screens[0];
}
