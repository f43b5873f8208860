interface Layer {
  readonly z: number;
  readonly z2: number;
  readonly paint: () => void;
}

/** What is painted, from the lowest `z` up; within one by `z2`, then in the order it was added. */
export class Layers {
  readonly #layers: Layer[] = [];

  add(z: number, z2: number, paint: () => void): void {
    this.#layers.push({ z, z2, paint });
  }

  paint(): void {
    // Sorting keeps the order of equals.
    for (const { paint } of this.#layers.sort((a, b) => a.z - b.z || a.z2 - b.z2)) paint();
  }
}
