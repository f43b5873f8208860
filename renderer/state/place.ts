import { create } from 'zustand';

export type ScreenId = 'start' | 'overview' | 'candidates' | 'batch' | 'review' | 'results' | 'library' | 'history' | 'settings';

interface Place {
  readonly screen: ScreenId;
  readonly sessionId: string | undefined;
  /** The group another screen wants shown, or the one on screen. */
  readonly groupId: string | undefined;
  readonly paletteOpen: boolean;
  goTo(screen: ScreenId): void;
  openSession(sessionId: string, screen: ScreenId): void;
  /** The review shows only the groups ticked on the candidates screen. */
  readonly onlyChosen: boolean;
  /** Whether the strip "If merged" of the review is closed; nothing where nobody said: then the window's height decides. */
  readonly ifMergedFolded: boolean | undefined;
  foldIfMerged(folded: boolean): void;
  showGroup(groupId: string | undefined): void;
  reviewGroup(groupId: string): void;
  /** Goes to the review, with only the chosen groups in its queue or with all. */
  reviewChosen(onlyChosen: boolean): void;
  setOnlyChosen(onlyChosen: boolean): void;
  setPaletteOpen(open: boolean): void;
}

const storageKey = 'samecell.place';

function remembered(): Pick<Place, 'screen' | 'sessionId'> {
  try {
    const stored: unknown = JSON.parse(globalThis.sessionStorage?.getItem(storageKey) ?? 'null');
    if (typeof stored === 'object' && stored !== null) {
      const { screen, sessionId } = stored as { screen?: ScreenId; sessionId?: string };
      if (typeof screen === 'string') return { screen, sessionId: typeof sessionId === 'string' ? sessionId : undefined };
    }
  } catch {
    // A browser may refuse storage: the window then starts on its first screen.
  }
  return { screen: 'start', sessionId: undefined };
}

/** What a person looks at: the window's only own state. A reload comes back to the same screen. */
export const usePlace = create<Place>((set) => ({
  ...remembered(),
  groupId: undefined,
  onlyChosen: false,
  ifMergedFolded: undefined,
  foldIfMerged: (ifMergedFolded) => set({ ifMergedFolded }),
  paletteOpen: false,
  goTo: (screen) => set({ screen, paletteOpen: false }),
  openSession: (sessionId, screen) => set({ sessionId, screen, groupId: undefined, onlyChosen: false, paletteOpen: false }),
  showGroup: (groupId) => set({ groupId }),
  reviewGroup: (groupId) => set({ groupId, screen: 'review' }),
  reviewChosen: (onlyChosen) => set({ onlyChosen, groupId: undefined, screen: 'review' }),
  setOnlyChosen: (onlyChosen) => set({ onlyChosen }),
  setPaletteOpen: (paletteOpen) => set({ paletteOpen }),
}));

usePlace.subscribe(({ screen, sessionId }) => {
  try {
    globalThis.sessionStorage?.setItem(storageKey, JSON.stringify({ screen, sessionId }));
  } catch {
    // As above.
  }
});
