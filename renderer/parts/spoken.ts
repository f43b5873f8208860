const countFormat = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 4213 → "4,213", as in the pictures. */
export function spokenCount(count: number): string {
  return countFormat.format(count);
}

/** A number with fixed digits; very small ones as powers; "–" for what can't be said. */
export function spokenNumber(value: number | null | undefined, digits: number): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value !== 0 && Math.abs(value) < 0.5 * 10 ** -digits) return value.toExponential(0).replaceAll('-', '−');
  // Thousands are grouped as everywhere; the sign is put before by hand, since formats write a hyphen.
  const [whole = '', ...fraction] = Math.abs(value).toFixed(digits).split('.');
  const sign = value < 0 && Number(value.toFixed(digits)) !== 0 ? '−' : '';
  return [`${sign}${countFormat.format(Number(whole))}`, ...fraction].join('.');
}

/** 83.2 → "1 min 23 s". */
export function spokenDuration(seconds: number): string {
  if (seconds < 59.5) return `${spokenNumber(seconds, seconds < 10 ? 1 : 0)} s`;
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = whole % 60;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}

export function spokenMs(ms: number): string {
  if (ms < 1000) return `${spokenNumber(ms, ms < 10 ? 1 : 0)} ms`;
  return spokenDuration(ms / 1000);
}

/** 30000 → "30 kHz". */
export function spokenRate(hz: number): string {
  if (hz < 1000) return `${Number(hz.toFixed(3))} Hz`;
  return `${Number((hz / 1000).toFixed(3))} kHz`;
}

export function spokenUsd(usd: number | null | undefined): string {
  if (usd === null || usd === undefined) return 'not known';
  if (usd === 0) return '$0';
  return usd < 0.01 ? `$${usd.toFixed(4)}` : `$${usd.toFixed(2)}`;
}

/** "$0.02", or "cost not known": for a sentence that says nothing else of money. */
export function spokenCost(usd: number | null | undefined): string {
  return usd === null || usd === undefined ? 'cost not known' : spokenUsd(usd);
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const timeFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** "today 14:05", "yesterday 14:05", else "3 Nov 2026 14:05". */
export function spokenTime(iso: string, now: Date = new Date()): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const day = 86_400_000;
  const at = time.getTime();
  const clock = timeFormat.format(time);
  if (at >= midnight && at < midnight + day) return `today ${clock}`;
  if (at >= midnight - day && at < midnight) return `yesterday ${clock}`;
  return `${dayFormat.format(time)} ${clock}`;
}

/** "1 group", "3 groups". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${spokenCount(count)} ${count === 1 ? one : many}`;
}

/** Unit ids of a group as one word: "12 · 40". */
export function spokenUnits(units: readonly (number | string)[]): string {
  return units.map(String).join(' · ');
}
