const shapes = /\bsk-[A-Za-z0-9_*-]{16,}|\bAIza[A-Za-z0-9_*-]{10,}|\bBearer\s+[^\s"',;]{8,}/g;
const hidden = '•••';

/** Text without the key, whole or URL-encoded, and without anything that looks like one. */
export function scrubbed(text: string, key: string | undefined): string {
  let clean = text;
  if (key !== undefined && key.length >= 4) {
    clean = clean.replaceAll(key, hidden).replaceAll(encodeURIComponent(key), hidden);
  }
  return clean.replace(shapes, hidden);
}

/** A few words from elsewhere for a message: one line, no control characters, no key, no quotation that breaks out. */
export function quotable(text: string, key: string | undefined, length = 240): string {
  const line = scrubbed(text, key)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must go
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}
