/** Clocks of this machine and the provider may differ by so much. */
const clocksApartMs = 60 * 60_000;
const mostPages = 100;

/** One page of a provider's list of batches, newest first, and where the next begins. */
export interface BatchPage<Row> {
  readonly rows: readonly Row[];
  readonly next: string | undefined;
}

/** Rows of a provider's list of batches, newest first, back to when sending began. `createdAtMs` is NaN where it is not said. */
export async function* batchesSince<Row>(
  sentAtMs: number,
  pageFrom: (cursor: string | undefined) => Promise<BatchPage<Row>>,
  createdAtMs: (row: Row) => number,
): AsyncGenerator<Row> {
  let cursor: string | undefined;
  for (let pages = 0; pages < mostPages; pages++) {
    const { rows, next } = await pageFrom(cursor);
    for (const row of rows) {
      if (createdAtMs(row) < sentAtMs - clocksApartMs) return;
      yield row;
    }
    if (next === undefined || next === '') return;
    cursor = next;
  }
}
