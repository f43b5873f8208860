export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the window stood last. */
export interface Placement extends Rectangle {
  readonly maximized: boolean;
}

const usual = { width: 1280, height: 800 };
const leastSeen = 100;

/** Reads a stored placement; undefined for anything else. */
export function parsePlacement(text: string): Placement | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { x, y, width, height, maximized } = value as Record<string, unknown>;
  const numbers = [x, y, width, height];
  if (!numbers.every((one) => typeof one === 'number' && Math.abs(one) < 1e5)) return undefined;
  return { x: x as number, y: y as number, width: width as number, height: height as number, maximized: maximized === true };
}

/**
 * The bounds to open with: as stored where enough of them is still on a screen, else the usual size, never larger than
 * the first screen, and placed by the system.
 */
export function fitPlacement(
  stored: Placement | undefined,
  screens: readonly Rectangle[],
): Partial<Rectangle> & { width: number; height: number } {
  const first = screens[0] ?? { x: 0, y: 0, ...usual };
  const seen = stored && screens.find((screen) => overlap(stored, screen) >= leastSeen);
  if (stored && seen) {
    return { x: stored.x, y: stored.y, width: Math.min(stored.width, seen.width), height: Math.min(stored.height, seen.height) };
  }
  return { width: Math.min(usual.width, first.width), height: Math.min(usual.height, first.height) };
}

/** The smaller of the width and the height of what two rectangles share. */
function overlap(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.min(width, height);
}
