const alphabet = new TextEncoder().encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const padding = 61;

/** Standard base64 with padding. */
export function base64(bytes: Uint8Array): string {
  const text = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let at = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const three = (bytes[i] << 16) | ((left > 1 ? bytes[i + 1] : 0) << 8) | (left > 2 ? bytes[i + 2] : 0);
    text[at++] = alphabet[three >> 18];
    text[at++] = alphabet[(three >> 12) & 63];
    text[at++] = left > 1 ? alphabet[(three >> 6) & 63] : padding;
    text[at++] = left > 2 ? alphabet[three & 63] : padding;
  }
  return new TextDecoder().decode(text);
}
