// `npm run check`: what a change is held against while it is made. Under a minute.
import { finish, step, tests, tool } from './checks.mjs';
import { buildAll, setUp } from './setup.mjs';

const started = performance.now();
try {
  await setUp((line) => process.stdout.write(`${line}\n`));
  await Promise.all([tool('types', 'tsc', ['-b', '--force']), tool('lint', 'biome', ['check', '--error-on-warnings', '.'])]);
  await Promise.all([tool('dead code', 'knip', ['--no-progress']), tests('fences')]);
  // One of the unit tests reads the built file.
  await step('build of the preload', () => buildAll(['preload']));
  await tests('unit');
} catch (error) {
  process.stdout.write(`${error.message}\n`);
  process.exitCode = 1;
}
finish(started);
