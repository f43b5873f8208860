/** A versioned text. A change of a word is a new version in a new file; old files stay as long as verdicts name them. */
export interface Prompt {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  /** What the model is told before everything else. Plain text: nothing in it is filled in. */
  readonly system: string;
  /** What to look for in each picture, by feature id; also under `numbers` for the table. */
  readonly guidance: Readonly<Record<string, string>>;
}

/** SHA-256 (hex) of everything in the prompt that a model reads. */
export function promptHash(prompt: Prompt, sha256: (chunks: readonly Uint8Array[]) => string): string {
  const guidance = Object.entries(prompt.guidance).sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256([new TextEncoder().encode(JSON.stringify([prompt.id, prompt.version, prompt.system, guidance]))]);
}
