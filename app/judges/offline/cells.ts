interface JudgedEdge {
  readonly first: number;
  readonly second: number;
  readonly merge: boolean;
  readonly logOdds: number;
}

/**
 * Splits a group into cells: starting from single units, the two parts whose least likely pair is most likely are joined, as
 * long as every pair between them was called a merge. Parts and labels keep their order.
 */
export function cellsOf(labels: readonly string[], edges: readonly JudgedEdge[]): string[][] {
  const edgeOf = new Map(edges.map((edge) => [`${edge.first} ${edge.second}`, edge]));
  const weakest = (left: readonly number[], right: readonly number[]): number | undefined => {
    let least = Number.POSITIVE_INFINITY;
    for (const a of left) {
      for (const b of right) {
        const edge = edgeOf.get(`${Math.min(a, b)} ${Math.max(a, b)}`);
        if (!edge?.merge) return undefined;
        least = Math.min(least, edge.logOdds);
      }
    }
    return least;
  };
  const parts = labels.map((_, unit) => [unit]);
  for (;;) {
    let best: { left: number; right: number; least: number } | undefined;
    for (let left = 0; left < parts.length; left += 1) {
      for (let right = left + 1; right < parts.length; right += 1) {
        const least = weakest(parts[left], parts[right]);
        if (least !== undefined && (best === undefined || least > best.least)) best = { left, right, least };
      }
    }
    if (!best) break;
    parts[best.left] = [...parts[best.left], ...parts[best.right]].sort((a, b) => a - b);
    parts.splice(best.right, 1);
  }
  return parts.map((part) => part.map((unit) => labels[unit]));
}
