import { create } from 'zustand';

/** What screen readers are told: the newest sentence. */
export const useLiveSentence = create<{ readonly sentence: string }>(() => ({ sentence: '' }));

/** Says a sentence through the window's live region. */
export function say(sentence: string): void {
  useLiveSentence.setState({ sentence });
}
