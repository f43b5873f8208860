// `npm run --silent samecell -- COMMAND …`: the command line, set up and built where it must be. Says so on stderr only.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './build.mjs';
import { buildAll, node, setUp } from './setup.mjs';

try {
  await setUp((line) => process.stderr.write(`${line}\n`));
  await buildAll(process.argv[2] === 'serve' ? ['renderer', 'core'] : ['core']);
} catch (error) {
  process.stderr.write(`samecell: ${error.message}\n`);
  process.exit(1);
}

// npm runs scripts in the folder of package.json; paths mean the folder the person is in.
const child = spawn(node(), [join(root, 'out', 'core', 'cli.js'), ...process.argv.slice(2)], {
  cwd: process.env.INIT_CWD ?? process.cwd(),
  stdio: 'inherit',
});
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
