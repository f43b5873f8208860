/** At most `limit` positions out of `count`, evenly spread, ascending; all of them where there are no more. */
export function evenlySpread(count: number, limit: number | undefined): Int32Array {
  if (limit === undefined || !(limit < count)) return Int32Array.from({ length: count }, (_, at) => at);
  const kept = Math.max(0, Math.floor(limit));
  if (kept === 1) return Int32Array.of(0);
  return Int32Array.from({ length: kept }, (_, at) => Math.round((at * (count - 1)) / (kept - 1)));
}
