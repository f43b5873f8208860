import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CoreOptions } from '../../../app/contract/link.ts';
import { defaultDataFolder } from '../data-folder.ts';
import { installFolder } from '../install-folder.ts';
import type { CommonOptions } from './command.ts';

/** Where data and assets are, and which version this is. */
export function coreOptions({ dataDir }: CommonOptions): CoreOptions {
  const install = installFolder();
  return {
    dataFolder: dataDir === undefined ? defaultDataFolder() : resolve(dataDir),
    assetsFolder: join(install, 'assets'),
    version: programVersion(),
  };
}

export function programVersion(): string {
  return (JSON.parse(readFileSync(join(installFolder(), 'package.json'), 'utf8')) as { version: string }).version;
}
