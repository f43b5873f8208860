/** One second-order section: numerator b0, b1, b2 and denominator 1, a1, a2. */
interface Section {
  readonly b: readonly [number, number, number];
  readonly a: readonly [number, number];
}

/** Butterworth low-pass of even order as sections; `cutoff` is a share of half the sampling rate, 0 < cutoff < 1. */
function butterworth(order: number, cutoff: number): Section[] {
  const warped = 4 * Math.tan((Math.PI * cutoff) / 2);
  const sections: Section[] = [];
  for (let pair = 0; pair < order / 2; pair += 1) {
    const angle = (Math.PI * (2 * pair + 1)) / (2 * order);
    const real = -warped * Math.sin(angle);
    const imaginary = warped * Math.cos(angle);
    const below = (4 - real) ** 2 + imaginary ** 2;
    const poleReal = ((4 + real) * (4 - real) - imaginary ** 2) / below;
    const poleImaginary = (imaginary * (4 - real) + imaginary * (4 + real)) / below;
    const a1 = -2 * poleReal;
    const a2 = poleReal ** 2 + poleImaginary ** 2;
    const gain = (1 + a1 + a2) / 4;
    sections.push({ b: [gain, 2 * gain, gain], a: [a1, a2] });
  }
  return sections;
}

/** Filters forward, in place, from the steady state of a constant input of the first value. */
function filterForward(sections: readonly Section[], values: Float64Array): void {
  for (const { b, a } of sections) {
    const steady = values[0];
    let first = (1 - b[0]) * steady;
    let second = (b[2] - a[1]) * steady;
    for (let place = 0; place < values.length; place += 1) {
      const input = values[place];
      const output = b[0] * input + first;
      first = b[1] * input - a[0] * output + second;
      second = b[2] * input - a[1] * output;
      values[place] = output;
    }
  }
}

const padding = 15;

/**
 * Fourth-order Butterworth low-pass run both ways, so that nothing is shifted in time: SciPy's `butter(4, cutoff, output="sos")`
 * and `sosfiltfilt` with odd padding of 15 values. `undefined` for 15 values or fewer, or a cutoff outside 0 to 1.
 */
export function lowPassBothWays(values: ArrayLike<number>, cutoff: number): Float64Array | undefined {
  const count = values.length;
  if (count <= padding || !(cutoff > 0 && cutoff < 1)) return undefined;
  const sections = butterworth(4, cutoff);
  const padded = new Float64Array(count + 2 * padding);
  for (let place = 0; place < padded.length; place += 1) {
    const at = place - padding;
    if (at < 0) padded[place] = 2 * values[0] - values[-at];
    else if (at >= count) padded[place] = 2 * values[count - 1] - values[2 * (count - 1) - at];
    else padded[place] = values[at];
  }
  filterForward(sections, padded);
  padded.reverse();
  filterForward(sections, padded);
  padded.reverse();
  return padded.slice(padding, padding + count);
}
