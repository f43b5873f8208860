const multiplier = 0x2360ed051fc65da44385df649fccf645n;
const mask64 = (1n << 64n) - 1n;
const mask128 = (1n << 128n) - 1n;

/**
 * NumPy's `default_rng(seed)`: PCG64 (XSL-RR) seeded through SeedSequence, with the draws SpikeInterface's random choices
 * are made of, so that equal seeds choose equal spikes and stretches. Sources: NumPy's `SeedSequence`, `PCG64` and
 * `Generator.choice` / `integers`; O'Neill 2014; Lemire 2019 for the bounded draw.
 */
export class NumpyRandom {
  private state: bigint;
  private readonly increment: bigint;
  private kept: number | undefined;

  /** `seed`: a whole number from 0 to 2^53 − 1. */
  constructor(seed: number) {
    const [stateHigh, stateLow, sequenceHigh, sequenceLow] = seedWords(seed);
    this.increment = ((((sequenceHigh << 64n) | sequenceLow) << 1n) | 1n) & mask128;
    this.state = 0n;
    this.step();
    this.state = (this.state + ((stateHigh << 64n) | stateLow)) & mask128;
    this.step();
  }

  /** A whole number from 0 to `highest` (inclusive, below 2^32 − 1), each as likely. */
  upTo(highest: number): number {
    if (highest === 0) return 0;
    const size = BigInt(highest + 1);
    let product = BigInt(this.next32()) * size;
    let leftover = product & 0xffffffffn;
    if (leftover < size) {
      const threshold = (0xffffffffn - BigInt(highest)) % size;
      while (leftover < threshold) {
        product = BigInt(this.next32()) * size;
        leftover = product & 0xffffffffn;
      }
    }
    return Number(product >> 32n);
  }

  /** `count` different positions out of `size`, as `choice(size, count, replace=False, shuffle=False)` gives them. */
  choose(size: number, count: number): Int32Array {
    const chosen = new Int32Array(count);
    if (size > 10_000 && count > Math.floor(size / 20)) {
      const all = Int32Array.from({ length: size }, (_, at) => at);
      for (let at = size - 1; at >= Math.max(size - count, 1); at -= 1) {
        const other = this.upTo(at);
        [all[at], all[other]] = [all[other], all[at]];
      }
      chosen.set(all.subarray(size - count));
      return chosen;
    }
    const seen = new Set<number>();
    for (let at = size - count; at < size; at += 1) {
      const drawn = this.upTo(at);
      const taken = seen.has(drawn) ? at : drawn;
      seen.add(taken);
      chosen[at - size + count] = taken;
    }
    return chosen;
  }

  /** 32 bits; a 64-bit draw gives its low half first, then its high half. */
  private next32(): number {
    if (this.kept !== undefined) {
      const high = this.kept;
      this.kept = undefined;
      return high;
    }
    this.step();
    const rotation = this.state >> 122n;
    const folded = ((this.state >> 64n) ^ this.state) & mask64;
    const drawn = ((folded >> rotation) | (folded << (64n - rotation))) & mask64;
    this.kept = Number(drawn >> 32n);
    return Number(drawn & 0xffffffffn);
  }

  private step(): void {
    this.state = (this.state * multiplier + this.increment) & mask128;
  }
}

/** Four 64-bit words out of a seed, as `SeedSequence(seed).generate_state(4, uint64)`. */
function seedWords(seed: number): bigint[] {
  const entropy = [seed >>> 0];
  const high = Math.floor(seed / 2 ** 32);
  if (high > 0) entropy.push(high);
  let constant = 0x43b0d7e5;
  const hash = (value: number): number => {
    let mixed = (value ^ constant) >>> 0;
    constant = Math.imul(constant, 0x931e8875) >>> 0;
    mixed = Math.imul(mixed, constant) >>> 0;
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
  const pool = [0, 1, 2, 3].map((place) => hash(entropy[place] ?? 0));
  for (let from = 0; from < 4; from += 1) {
    for (let to = 0; to < 4; to += 1) {
      if (from === to) continue;
      const mixed = (Math.imul(0xca01f9dd, pool[to]) - Math.imul(0x4973f715, hash(pool[from]))) >>> 0;
      pool[to] = (mixed ^ (mixed >>> 16)) >>> 0;
    }
  }
  let outward = 0x8b51f9dd;
  const words = Array.from({ length: 8 }, (_, place) => {
    let value = (pool[place % 4] ^ outward) >>> 0;
    outward = Math.imul(outward, 0x58f38ded) >>> 0;
    value = Math.imul(value, outward) >>> 0;
    return (value ^ (value >>> 16)) >>> 0;
  });
  return [0, 1, 2, 3].map((place) => (BigInt(words[2 * place + 1]) << 32n) | BigInt(words[2 * place]));
}
