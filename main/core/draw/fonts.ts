import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Failure } from '../../../app/failure.ts';

/** The bundled font, as files. */
export interface FontFiles {
  readonly regular: Uint8Array;
  readonly semibold: Uint8Array;
}

// In a build this lies two folders deep or (as a shared chunk) three, in the source three.
const folders = ['../../assets/fonts/', '../../../assets/fonts/'] as const;

/** Reads the font that pictures are drawn with; throws `bug` where the installation lacks it. */
export function readFonts(): FontFiles {
  for (const folder of folders) {
    const regular = fileURLToPath(new URL(`${folder}inter-latin-400.woff`, import.meta.url));
    const semibold = fileURLToPath(new URL(`${folder}inter-latin-600.woff`, import.meta.url));
    if (existsSync(regular) && existsSync(semibold)) return { regular: readFileSync(regular), semibold: readFileSync(semibold) };
  }
  throw new Failure('bug', 'The font of the pictures (assets/fonts/inter-latin-*.woff) is missing. Install Samecell again.');
}
