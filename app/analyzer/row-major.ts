/** Fortran order to C order, element by element. */
export function toRowMajor(bytes: Uint8Array<ArrayBuffer>, shape: readonly number[], itemSize: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes.byteLength);
  const count = itemSize === 0 ? 0 : bytes.byteLength / itemSize;
  const position = new Array<number>(shape.length).fill(0);
  const strides = new Array<number>(shape.length);
  let stride = itemSize;
  for (let axis = 0; axis < shape.length; axis += 1) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  let from = 0;
  for (let element = 0; element < count; element += 1) {
    const to = element * itemSize;
    for (let byte = 0; byte < itemSize; byte += 1) out[to + byte] = bytes[from + byte];
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      position[axis] += 1;
      from += strides[axis];
      if (position[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      position[axis] = 0;
    }
  }
  return out;
}
