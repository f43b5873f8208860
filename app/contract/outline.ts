export type Point = readonly [x: number, y: number];

/** True where the point lies in the closed outline (even–odd rule). */
export function isInside([x, y]: Point, outline: readonly Point[]): boolean {
  let inside = false;
  for (let at = 0, before = outline.length - 1; at < outline.length; before = at, at += 1) {
    const [ax, ay] = outline[at] as Point;
    const [bx, by] = outline[before] as Point;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}
