/** "A", "B", … "Z", "AA", …: what pictures and questions call the units of a group, in unit order. */
export function groupLabels(count: number): string[] {
  return Array.from({ length: count }, (_, index) => labelAt(index));
}

function labelAt(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : labelAt(Math.floor(index / 26) - 1) + last;
}
