/** Keeps what was used last, up to a number of bytes. Loads of the same key run once, failures are not kept. */
export class BoundedCache {
  private readonly limitBytes: number;
  private readonly entries = new Map<string, { value: Promise<unknown>; bytes: number }>();
  private heldBytes = 0;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  /** The cached value, or what `load` gives; `bytesOf` weighs it once it is there. The newest entry always stays. */
  get<Value>(key: string, load: () => Promise<Value>, bytesOf: (value: Value) => number): Promise<Value> {
    const known = this.entries.get(key);
    if (known !== undefined) {
      this.entries.delete(key);
      this.entries.set(key, known);
      return known.value as Promise<Value>;
    }
    const entry = { value: load(), bytes: 0 };
    this.entries.set(key, entry);
    entry.value.then(
      (value) => {
        if (this.entries.get(key) !== entry) return;
        entry.bytes = bytesOf(value);
        this.heldBytes += entry.bytes;
        this.trim(key);
      },
      () => {
        if (this.entries.get(key) === entry) this.entries.delete(key);
      },
    );
    return entry.value;
  }

  clear(): void {
    this.entries.clear();
    this.heldBytes = 0;
  }

  private trim(newest: string): void {
    for (const [key, entry] of this.entries) {
      if (this.heldBytes <= this.limitBytes) return;
      if (key === newest || entry.bytes === 0) continue;
      this.entries.delete(key);
      this.heldBytes -= entry.bytes;
    }
  }
}

/** Bytes behind the typed arrays that a value holds, one level deep. */
export function heldBytes(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value !== 'object' || value === null) return 8;
  let bytes = 64;
  for (const held of Object.values(value)) {
    if (ArrayBuffer.isView(held)) bytes += held.byteLength;
    else if (typeof held === 'object' && held !== null) {
      for (const inner of Object.values(held)) bytes += ArrayBuffer.isView(inner) ? inner.byteLength : 8;
    }
  }
  return bytes;
}
