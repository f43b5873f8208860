import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where Samecell keeps its database and pictures unless told otherwise: the same folder for the window, the web host
 * and the command line. `SAMECELL_DATA_DIR` names another.
 */
export function defaultDataFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home = homedir(),
): string {
  if (env.SAMECELL_DATA_DIR) return env.SAMECELL_DATA_DIR;
  return join(applicationData(env, platform, home), 'Samecell', 'data');
}

// As Electron's app.getPath('appData') on each system.
function applicationData(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, home: string): string {
  if (platform === 'win32') return env.APPDATA ?? join(home, 'AppData', 'Roaming');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  return env.XDG_CONFIG_HOME || join(home, '.config');
}
