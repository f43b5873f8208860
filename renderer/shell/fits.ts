/** Letters of the query in their order, as one types "rvu" for "Review: Undo". Lower is better; -1 is no match. */
export function fits(query: string, title: string): number {
  const wanted = query.toLowerCase().replaceAll(' ', '');
  const offered = title.toLowerCase();
  const whole = offered.indexOf(query.toLowerCase().trim());
  if (whole >= 0) return whole;
  let at = -1;
  let gaps = 0;
  for (const letter of wanted) {
    const next = offered.indexOf(letter, at + 1);
    if (next < 0) return -1;
    gaps += next - at - 1;
    at = next;
  }
  return 100 + gaps;
}
