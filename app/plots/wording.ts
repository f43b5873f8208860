/** 4213 → "4,213", alike in every locale. */
export function countText(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** "1 spike", "4,213 spikes". */
export function spikesText(count: number): string {
  return `${countText(count)} ${count === 1 ? 'spike' : 'spikes'}`;
}

/** Fixed digits with a real minus sign and no negative zero; "–" where there is no number. */
export function numberText(value: number | undefined, digits: number): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** "A", "A and B", "A, B and C". */
export function listText(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}

/**
 * A name from the analyzer (a channel id) as a picture can show it: what the bundled font can't draw becomes "?", so that no
 * font of the machine steps in, and long names are shortened.
 */
export function pictureText(name: string | number): string {
  const drawable = [...String(name)].map((letter) => (isDrawable(letter) ? letter : '?')).join('');
  return drawable.length > 24 ? `${drawable.slice(0, 23)}…` : drawable;
}

/** True for letters the bundled Latin font has. */
export function isDrawable(letter: string): boolean {
  const code = letter.codePointAt(0) as number;
  return (
    (code >= 0x20 && code <= 0x7e) ||
    (code >= 0xa0 && code <= 0xff && code !== 0xad) ||
    [0x2013, 0x2014, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2026, 0x2032, 0x2212].includes(code)
  );
}

/** The axis title of every amplitude: µV only where the analyzer says so. */
export function amplitudeTitle(returnInUv: boolean): string {
  return returnInUv ? 'Amplitude (µV)' : 'Amplitude (as stored, not µV)';
}

export function amplitudeUnit(returnInUv: boolean): string {
  return returnInUv ? 'µV' : 'stored units';
}
