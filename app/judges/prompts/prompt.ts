/** How a group is asked about: everything in one call, or an expert for each feature and then a head. */
export const askingModes = ['one call', 'panel'] as const;
export type AskingMode = (typeof askingModes)[number];

/** A versioned text. A change of a word is a new version; old ones stay as long as verdicts name them. */
export interface Prompt {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  /** `one call` where left out. */
  readonly mode?: AskingMode;
  /** What the model, or the head of a panel, is told before everything else. Plain text: nothing in it is filled in. */
  readonly system: string;
  /** What every expert of a panel is told; the guidance of its feature follows. */
  readonly expert?: string | undefined;
  /** What to look for in each picture, by feature id; also under `numbers` for the table. */
  readonly guidance: Readonly<Record<string, string>>;
}

/** SHA-256 (hex) of everything in the prompt that a model reads. */
export function promptHash(prompt: Prompt, sha256: (chunks: readonly Uint8Array[]) => string): string {
  const guidance = Object.entries(prompt.guidance).sort(([a], [b]) => (a < b ? -1 : 1));
  const expert = prompt.expert === undefined ? [] : [prompt.expert];
  return sha256([new TextEncoder().encode(JSON.stringify([prompt.id, prompt.version, prompt.system, guidance, ...expert]))]);
}
