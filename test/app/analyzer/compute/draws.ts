/** Numbers from 0 to 1 that are the same in every language: x ← 1664525 x + 1013904223 mod 2³². */
export function draws(count: number, seed: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
}
