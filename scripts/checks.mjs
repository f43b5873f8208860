// What `npm run check` and `npm test` have in common: running one check, and counting honestly.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './parts.mjs';
import { node } from './setup.mjs';

const results = join(root, '.cache', 'results');

export const tally = {
  passed: 0,
  failed: 0,
  /** One line for each thing that failed or was not run. */
  problems: /** @type {string[]} */ ([]),
};

/** The environment of every check: the Node of the lockfile first, nothing of an outer npm run. */
function environment() {
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' };
  for (const name of Object.keys(env)) if (/^npm_/i.test(name) || name === 'NODE_OPTIONS') delete env[name];
  const separator = process.platform === 'win32' ? ';' : ':';
  env.PATH = [join(node(), '..'), join(root, 'node_modules', '.bin'), env.PATH].join(separator);
  return env;
}

/**
 * @param {string} command
 * @param {readonly string[]} words
 * @returns {Promise<{ code: number, text: string }>}
 */
function run(command, words) {
  return new Promise((resolve) => {
    const child = spawn(command, words, { cwd: root, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    const keep = (chunk) => {
      text += chunk;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ code: 1, text: `${text}${error.message}\n` }));
    child.on('exit', (code, signal) => resolve({ code: code ?? 1, text: signal ? `${text}ended by ${signal}\n` : text }));
  });
}

/**
 * @param {string} name
 * @param {boolean} isGood
 * @param {number} seconds
 * @param {string} [more]
 */
function report(name, isGood, seconds, more) {
  process.stdout.write(`${isGood ? '✓' : '✗'} ${name} (${more ? `${more}, ` : ''}${seconds.toFixed(1)} s)\n`);
}

/** A tool that is right or wrong as a whole: one check. */
export async function tool(name, command, words) {
  const started = performance.now();
  const { code, text } = await run(join(root, 'node_modules', '.bin', command), words);
  if (code === 0) tally.passed++;
  else {
    tally.failed++;
    tally.problems.push(`${name}: failed`);
  }
  report(name, code === 0, (performance.now() - started) / 1000);
  if (code !== 0) process.stdout.write(`${text.trimEnd()}\n`);
  return code === 0;
}

/** Any other step that must work: counted as one check, its error printed. */
export async function step(name, work) {
  const started = performance.now();
  try {
    await work();
    tally.passed++;
    report(name, true, (performance.now() - started) / 1000);
    return true;
  } catch (error) {
    tally.failed++;
    tally.problems.push(`${name}: ${error.message}`);
    report(name, false, (performance.now() - started) / 1000);
    process.stdout.write(`${error.message}\n`);
    return false;
  }
}

/**
 * A project of vitest: every test counts. A test that was skipped counts as failed, for what is not run is not known;
 * so does a run that ends without saying how it went.
 */
export async function tests(project) {
  const started = performance.now();
  const file = join(results, `${project}.json`);
  mkdirSync(results, { recursive: true });
  rmSync(file, { force: true });
  const vitest = [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', project];
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${file}`];
  const { code, text } = await run(node(), [...vitest, ...reporters]);
  let outcome;
  try {
    outcome = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    tally.failed++;
    tally.problems.push(`${project} tests: ended with code ${code} without a result`);
    report(`${project} tests`, false, (performance.now() - started) / 1000);
    process.stdout.write(`${text.trimEnd()}\n`);
    return false;
  }
  const each = outcome.testResults.flatMap((one) => one.assertionResults.map((test) => ({ ...test, file: one.name })));
  const passed = each.filter((test) => test.status === 'passed').length;
  const others = each.filter((test) => test.status !== 'passed');
  // A file that could not even be read has no tests to count.
  const unread = outcome.testResults.filter((one) => one.status === 'failed' && one.assertionResults.length === 0);
  let failed = others.length + unread.length;
  for (const test of others) {
    const words = test.status === 'failed' ? 'failed' : 'not run';
    tally.problems.push(`${project} tests: ${words}: ${[...test.ancestorTitles, test.title].join(' › ')}`);
  }
  for (const one of unread) tally.problems.push(`${project} tests: could not be read: ${one.name}`);
  if (failed === 0 && (code !== 0 || passed === 0)) {
    failed++;
    tally.problems.push(`${project} tests: ended with code ${code}${passed === 0 ? ', without one test' : ' although every test passed'}`);
  }
  tally.passed += passed;
  tally.failed += failed;
  report(`${project} tests`, failed === 0, (performance.now() - started) / 1000, `${passed} passed${failed ? `, ${failed} failed` : ''}`);
  if (failed > 0) process.stdout.write(`${text.trimEnd()}\n`);
  return failed === 0;
}

/** What could not be run at all here: red, and said. */
export function notRun(name, why) {
  tally.failed++;
  tally.problems.push(`${name}: not run: ${why}`);
  process.stdout.write(`✗ ${name} (not run: ${why})\n`);
}

/** The last lines; the very last is `N passed, N failed` alone. */
export function finish(started) {
  process.stdout.write(`\n${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  for (const problem of tally.problems) process.stdout.write(`  ${problem}\n`);
  process.exitCode = tally.failed === 0 && tally.passed > 0 ? 0 : 1;
  process.stdout.write(`${tally.passed} passed, ${tally.failed} failed\n`);
}
