/** opentype.js comes without types: what is used of it. */
declare module 'opentype.js/dist/opentype.mjs' {
  export function parse(file: ArrayBuffer): unknown;
}
