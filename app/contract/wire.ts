import { Decoder, Encoder, ExtensionCodec } from '@msgpack/msgpack';

type TypedArray =
  | Int8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

// The number of each kind is part of the wire: append, never reorder. Uint8Array is MessagePack's own "bin".
const kinds: readonly (new (buffer: ArrayBuffer) => TypedArray)[] = [
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];

const extensionCodec = new ExtensionCodec();
kinds.forEach((Kind, type) => {
  extensionCodec.register({
    type,
    encode: (value) => (value instanceof Kind ? new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength) : null),
    // The payload stands anywhere in the frame; a copy gives it the alignment its kind needs.
    decode: (bytes) => new Kind(bytes.slice().buffer as ArrayBuffer),
  });
});

const limits = { maxStrLength: 4 << 20, maxBinLength: 64 << 20, maxArrayLength: 4 << 20, maxMapLength: 1 << 20, maxExtLength: 64 << 20 };

/**
 * One message between a window and the web host as MessagePack, typed arrays kept as what they are, fields that are
 * undefined left out. Throws on a value that has no form there (a function, a cycle deeper than 100).
 */
export function encodeMessage(message: unknown): Uint8Array<ArrayBuffer> {
  return new Encoder({ extensionCodec, ignoreUndefined: true }).encode(message);
}

/** The message of a frame; throws on anything that is not one whole MessagePack value of bounded size. */
export function decodeMessage(frame: ArrayBuffer | Uint8Array): unknown {
  return new Decoder({ extensionCodec, ...limits }).decode(frame);
}
