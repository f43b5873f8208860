/** Thrown by a measure where SpikeInterface's own would stop with an error. */
export class Unmeasurable extends Error {}
