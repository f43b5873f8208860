// `npm run --silent samecell -- COMMAND …`: the command line, set up and built where it must be. Says so on stderr only.
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './parts.mjs';
import { buildAll, node, setUp } from './setup.mjs';

/** What runs this may have gone meanwhile, when the packages are installed anew. */
const running = realpathSync(process.execPath);
const cli = join(root, 'out', 'core', 'cli.js');

try {
  const isNew = await setUp((line) => process.stderr.write(`${line}\n`));
  await buildAll(process.argv[2] === 'serve' ? ['renderer', 'core'] : ['core']);
  // npm runs scripts in the folder of package.json; paths mean the folder the person is in.
  const folder = process.env.INIT_CWD ?? process.cwd();
  if (!isNew && running === realpathSync(node())) runHere(folder);
  else await runIn(node(), folder);
} catch (error) {
  process.stderr.write(`samecell: ${error.message}\n`);
  process.exit(1);
}

/** In this process, which is the Node it takes: starting another takes longer than a short command. */
function runHere(folder) {
  process.chdir(folder);
  process.argv[1] = cli;
  createRequire(cli)(cli);
}

async function runIn(path, folder) {
  const { spawn } = await import('node:child_process');
  const child = spawn(path, [cli, ...process.argv.slice(2)], { cwd: folder, stdio: 'inherit' });
  // Ctrl+C reaches the whole group; the command ends in its own way and its exit code counts.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  child.on('error', (error) => {
    process.stderr.write(`samecell: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 5 : 1);
  });
}
