import { basename, dirname, resolve } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { analyzerForms } from '../../../app/analyzer/writing/analyzer-writer.ts';
import { newIdStrategies } from '../../../app/curation/new-unit-ids.ts';
import { Failure, type FailureRecord, isFailure, toFailureRecord } from '../../../app/failure.ts';
import type { CommandContext, CommandResult, CommonOptions } from './command.ts';
import { programVersion } from './core-options.ts';
import { type ExitCode, exitCodeOf, exitCodes } from './exit-codes.ts';
import { print, printed } from './print.ts';
import { createTerminal } from './terminal.ts';

/** Runs the command that `process.argv` names and exits. Each command's code is loaded only when it is asked for. */
export async function runCommandLine(): Promise<void> {
  const code = await main();
  await printed();
  process.exit(code);
}

async function main(): Promise<ExitCode> {
  const program = samecell(process.argv[2]);
  try {
    await program.parseAsync(process.argv);
    return ended;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return exitCodes.done;
    const message = error.message.replace(/^error: /, '');
    if (process.argv.includes('--json')) printJson({ error: { kind: 'usage', message, details: {} } });
    return exitCodes.usage;
  }
}

let ended: ExitCode = exitCodes.done;

/** The command line: with the command named alone, where there is such a command, else with all. */
function samecell(named: string | undefined): Command {
  const program = new Command('samecell')
    .description('Decide which spike-sorted units are the same cell.')
    .version(programVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => print('out', text),
      writeErr: (text) => print('error', text),
      outputError: (text, write) => write(`samecell: ${text.replace(/^error: /, '').split('\n')[0]}\n`),
    })
    .showSuggestionAfterError(false);
  for (const [name, define] of Object.entries(commands)) {
    if (name === named || named === undefined || !Object.hasOwn(commands, named)) define(program);
  }
  return program;
}

const commands: Readonly<Record<string, (program: Command) => Command>> = {
  info: (program) =>
    withCommon(program.command('info <analyzer>').description('what an analyzer is')).action(
      command(async (context, analyzer) => (await import('./info.ts')).info(analyzer, context)),
    ),
  candidates: (program) =>
    withSearch(withCommon(program.command('candidates <analyzer>').description('merge candidates')))
      .option('--why-not <units>', 'also say which step dropped this pair of units: two ids with a comma between', list)
      .action(command(async (context, analyzer, options) => (await import('./candidates.ts')).candidates(analyzer, options, context))),
  evidence: (program) =>
    withGroups(withCommon(program.command('evidence <analyzer>').description('numbers about groups')))
      .option('--only <ids>', 'only these numbers, separated by commas', list)
      .option('--if-merged <censor_ms>', 'also what merging would make, dropping spikes closer than this', number(0, 100))
      .action(command(async (context, analyzer, options) => (await import('./evidence.ts')).evidence(analyzer, options, context))),
  figures: (program) =>
    withGroups(withCommon(program.command('figures <analyzer>').description('the pictures a model gets, as PNG files')))
      .option('--features <ids>', 'pictures to draw, separated by commas (default: all that can be drawn)', list)
      .requiredOption('--out <dir>', 'folder for the files')
      .action(command(async (context, analyzer, options) => (await import('./figures.ts')).figures(analyzer, options, context))),
  judge: (program) =>
    withJudge(
      withGroups(withCommon(program.command('judge <analyzer>').description('verdicts; goes on with a run found in --out'))),
    ).action(command(async (context, analyzer, options) => (await import('./judge.ts')).judge(analyzer, options, context))),
  apply: (program) =>
    withMerging(
      withCommon(program.command('apply <analyzer>').description('write the merged analyzer'))
        .requiredOption('--merges <file>', 'groups to merge: JSON, CSV, a curation file or phy’s curation_review.json')
        .requiredOption('--out <path>', 'the new folder'),
    ).action(command(async (context, analyzer, options) => (await import('./apply.ts')).apply(analyzer, options, context))),
  run: (program) =>
    withMerging(
      withJudge(
        withGroups(withCommon(program.command('run <analyzer>').description('candidates, pictures, verdicts and the merged analyzer'))),
      ),
    ).action(command(async (context, analyzer, options) => (await import('./run.ts')).run(analyzer, options, context))),
  compute: (program) =>
    withCommon(program.command('compute <analyzer>').description('missing extensions, into a complete copy'))
      .requiredOption('--extensions <ids>', 'extensions to compute, separated by commas; what they need is computed too', list)
      .requiredOption('--out <path>', 'the new folder')
      .option('--recording <path>', 'folder of the recording, where it is not found by itself')
      .option('--param <extension.name=value>', 'a parameter of an extension; may be repeated', collect)
      .action(command(async (context, analyzer, options) => (await import('./compute.ts')).compute(analyzer, options, context))),
  models: (program) =>
    withCommon(program.command('models [provider]').description('the table of models: image rules, prices, ends'))
      .option('--refresh', 'ask the provider for its own list; add what is new, mark what is gone')
      .option('--base-url <url>', 'another address of the provider')
      .option('--set <model>', 'change a model, or add one')
      .option('--title <text>', 'its name for people')
      .option('--images <rule>', 'none, fixed:TOKENS, tiles:BASE,PER_TILE or patches:SIZE_PX,MAXIMUM,FACTOR[,LONG_EDGE_PX]')
      .option('--input-usd <usd>', 'price of a million tokens in', number(0, 1e6))
      .option('--output-usd <usd>', 'price of a million tokens out', number(0, 1e6))
      .option('--cached-input-usd <usd>', 'price of a million tokens read from the provider’s cache', number(0, 1e6))
      .option('--cache-write-usd <usd>', 'price of a million tokens written to it', number(0, 1e6))
      .option('--ends-on <date>', 'day on which the provider takes it away (YYYY-MM-DD), or none')
      .option('--temperature', 'takes a temperature')
      .option('--no-temperature', 'takes none')
      .option('--default', 'is asked where none is named')
      .option('--remove <model>', 'take a model off the table')
      .option('--reset [model]', 'back to what ships: one model, or all of the provider')
      .action(command(async (context, provider, options) => (await import('./models.ts')).models(provider, options, context))),
  serve: (program) =>
    withCommon(program.command('serve [analyzer]').description('the window in a browser'))
      .option('--port <port>', 'port to listen at; 0 takes any that is free', wholeNumber(0, 65_535), 0)
      .option('--host <host>', 'address to listen at', '127.0.0.1')
      .action(command(async (context, analyzer, options) => (await import('./serve.ts')).serve(analyzer, options, context))),
};

function withCommon(subcommand: Command): Command {
  return subcommand
    .option('--json', 'print one JSON object and nothing else')
    .option('--quiet', 'no progress and no remarks')
    .option('--log <file>', 'write a log of JSON lines')
    .option('--data-dir <dir>', 'database and pictures (default: the application’s own folder)');
}

function withSearch(subcommand: Command): Command {
  return subcommand
    .option('--preset <name>', 'a preset of SpikeInterface')
    .option('--steps <ids>', 'steps in this order, separated by commas (default: template_similarity)', list)
    .option('--param <step.name=value>', 'a parameter of a step; may be repeated', collect)
    .option('--resolve-graph', 'join pairs that share a unit');
}

function withGroups(subcommand: Command): Command {
  return withSearch(subcommand).option('--groups <file>', 'groups from a JSON or CSV file instead of a search');
}

function withMerging(subcommand: Command): Command {
  return subcommand
    .addOption(new Option('--format <format>', 'form of the new folder').choices([...analyzerForms]).default('binary_folder'))
    .option('--sparsity-overlap <share>', 'least share of common channels in a group', number(0, 1), 0)
    .addOption(new Option('--new-id-strategy <strategy>', 'ids of merged units').choices([...newIdStrategies]).default('append'))
    .option('--censor-ms <ms>', 'drop spikes that follow another within this time', number(0, 1000))
    .option('--phy', 'a folder for phy too, in phy/');
}

function withJudge(subcommand: Command): Command {
  return subcommand
    .requiredOption('--judge <name>', 'offline, openai, anthropic, google or openai-compatible')
    .option('--model <id>', 'model to ask')
    .option('--base-url <url>', 'another address of the judge')
    .option('--features <ids>', 'pictures to show, separated by commas', list)
    .option('--num-workers <count>', 'requests at the same time', wholeNumber(1, 256))
    .addOption(new Option('--mode <mode>', 'everything in one call, or a panel of experts and a head').choices(['one-call', 'panel']))
    .option('--votes <count>', 'independent answers about each group; what most say counts', wholeNumber(1, 9))
    .option('--library <name>', 'show the examples of this library that are nearest to each group')
    .option('--max-cost-usd <usd>', 'pause once so much is spent', number(0, 1e9))
    .option('--max-calls <count>', 'pause after so many requests', wholeNumber(0, 1e9))
    .requiredOption('--out <dir>', 'folder for results.csv; a run found there goes on');
}

type Act = (context: CommandContext, analyzer: string, options: never) => Promise<CommandResult>;

/** Wraps a command: signals, streams, result, exit code. */
function command(act: Act) {
  return async (analyzer: string, options: CommonOptions): Promise<void> => {
    const stop = new AbortController();
    let presses = 0;
    const interrupt = (): void => {
      presses += 1;
      if (presses > 1) process.exit(exitCodes.cancelled);
      stop.abort();
    };
    process.on('SIGINT', interrupt);
    process.on('SIGTERM', interrupt);
    const terminal = createTerminal(options.quiet ?? false);
    const log = options.log === undefined ? undefined : await logAt(options.log);
    try {
      const result = await act({ terminal, signal: stop.signal, common: options, log }, analyzer, options as never);
      terminal.progress.clear();
      if (result.failure) {
        if (options.json) printJson({ error: result.failure });
        else print('out', result.text);
        ended = failed(result.failure);
        return;
      }
      if (options.json && result.json !== undefined) printJson(result.json);
      else print('out', result.text);
      ended = result.exitCode ?? exitCodes.done;
    } catch (error) {
      terminal.progress.clear();
      const failure = stop.signal.aborted && !isFailure(error) ? new Failure('cancelled', 'Cancelled.').toRecord() : toFailureRecord(error);
      log?.error('A command failed.', error, { kind: failure.kind });
      const shown = failure.kind === 'bug' ? bugWith(error, failure) : failure;
      if (options.json) printJson({ error: shown });
      ended = failed(shown);
    } finally {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
    }
  };
}

/** One line on stderr; the code comes back. */
function failed(failure: FailureRecord): ExitCode {
  print('error', `samecell: ${failure.message.replace(/\s+/g, ' ')}\n`);
  return exitCodeOf(failure.kind);
}

/** In a terminal there is no log at hand: a bug says what it is. */
function bugWith(error: unknown, failure: FailureRecord): FailureRecord {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { ...failure, message: `Something in Samecell went wrong (${text}). Run again with --log FILE for the details.` };
}

async function logAt(file: string) {
  const { openLog } = await import('../../core/log.ts');
  const path = resolve(file);
  return openLog(dirname(path), { name: basename(path) });
}

function printJson(value: unknown): void {
  print('out', `${JSON.stringify(value)}\n`);
}

function list(text: string): string[] {
  const ids = text
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  if (ids.length === 0) throw new InvalidArgumentError('Name at least one.');
  return ids;
}

function collect(text: string, earlier: string[] | undefined): string[] {
  return [...(earlier ?? []), text];
}

function number(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= least && value <= most))
      throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`);
    return value;
  };
}

function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const value = number(least, most)(text);
    if (!Number.isInteger(value)) throw new InvalidArgumentError('It must be a whole number.');
    return value;
  };
}
