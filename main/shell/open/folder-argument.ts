import { isAbsolute, resolve } from 'node:path';

/**
 * The folder a start asks for, or undefined: the first argument after the program (and, in a clone, the application's
 * own folder) that is neither a switch nor an address. Relative ones count from the folder the start was made in.
 */
export function folderArgument(argv: readonly string[], workingFolder: string, appFolder: string | undefined): string | undefined {
  let rest = argv.slice(1);
  if (appFolder !== undefined) {
    const at = rest.findIndex((argument) => !argument.startsWith('-') && resolve(workingFolder, argument) === resolve(appFolder));
    rest = at === -1 ? rest : rest.slice(at + 1);
  }
  const found = rest.find((argument) => argument !== '' && !argument.startsWith('-') && !/^[a-z][a-z0-9+.-]+:\/\//i.test(argument));
  if (found === undefined || found.includes('\0') || found.length > 4096) return undefined;
  return isAbsolute(found) ? found : resolve(workingFolder, found);
}
