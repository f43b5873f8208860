/** The first position in a rising train whose sample is not before `sample`; its length where there is none. */
export function firstFrom(train: Float64Array, sample: number): number {
  let low = 0;
  let high = train.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (train[middle] < sample) low = middle + 1;
    else high = middle;
  }
  return low;
}
