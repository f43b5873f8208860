import { Failure } from '../../failure.ts';
import { parsePythonLiteral } from '../python-literal.ts';

/** What `params.py` says in plain `name = literal` lines. */
export interface PhyParams {
  /** Raw files as written there; empty where there is none. */
  readonly datPaths: readonly string[];
  readonly channelCount: number | undefined;
  readonly samplingFrequencyHz: number;
  /** Bytes before the first sample. */
  readonly offsetBytes: number;
  readonly dtype: string | undefined;
  readonly isFiltered: boolean | undefined;
  /** phy multiplies unwhitened templates by it. */
  readonly templateScaling: number;
}

const file = 'params.py';
const maxBytes = 2 ** 20;
const mostJoinedLines = 200;

type Literal = string | number | boolean | null | readonly Literal[];

/**
 * Reads `params.py` as text: nothing in it is run. Lines that are not `name = literal` are passed over; one that is needed
 * and sets its value by code throws `analyzer.refused`. Throws `analyzer.damaged` where `sample_rate` is missing.
 */
export function parseParamsPy(bytes: Uint8Array): PhyParams {
  if (!(bytes.byteLength <= maxBytes)) {
    throw new Failure('analyzer.refused', `${file} is larger than 1 MiB, too large for a list of parameters. Is this the right folder?`, {
      file,
    });
  }
  const values = assignments(new TextDecoder('utf-8').decode(bytes));
  const written = (name: string): Literal | undefined => {
    const text = values.get(name);
    if (text === undefined) return undefined;
    const value = literal(text);
    if (value !== undefined) return value;
    throw new Failure(
      'analyzer.refused',
      `${file} sets ${name} by code, and Samecell runs no code from a folder. Write its value as plain text or number.`,
      { file, field: name },
    );
  };
  const numberOf = (name: string, isUsable: (value: number) => boolean): number | undefined => {
    const value = written(name);
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'number' && isUsable(value)) return value;
    throw new Failure('analyzer.damaged', `${file} has no usable ${name}. Correct that line.`, { file, field: name });
  };
  const samplingFrequencyHz = numberOf('sample_rate', (value) => value > 0 && Number.isFinite(value));
  if (samplingFrequencyHz === undefined) {
    throw new Failure('analyzer.damaged', `${file} has no sample_rate. Add a line with the samples per second: sample_rate = 30000.`, {
      file,
      field: 'sample_rate',
    });
  }
  const dtype = written('dtype');
  const isFiltered = written('hp_filtered');
  return {
    datPaths: pathsOf(written('dat_path')),
    channelCount: numberOf('n_channels_dat', (value) => Number.isInteger(value) && value > 0),
    samplingFrequencyHz,
    offsetBytes: numberOf('offset', (value) => Number.isInteger(value) && value >= 0) ?? 0,
    dtype: typeof dtype === 'string' ? dtype : undefined,
    isFiltered: typeof isFiltered === 'boolean' ? isFiltered : undefined,
    templateScaling: numberOf('template_scaling', Number.isFinite) ?? 1,
  };
}

/** The text behind each `name =`, the last one of a name. Lists may go over several lines. */
function assignments(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const lines = text.split(/\r\n|\n|\r/);
  for (let at = 0; at < lines.length; at += 1) {
    const match = /^([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(withoutComment(lines[at]));
    if (match === null) continue;
    let value = match[2].trim();
    for (let more = 0; isOpen(value) && more < mostJoinedLines && at + 1 < lines.length; more += 1) {
      at += 1;
      value += withoutComment(lines[at]).trim();
    }
    found.set(match[1], value);
  }
  return found;
}

function isOpen(value: string): boolean {
  return (value.startsWith('[') && !value.endsWith(']')) || (value.startsWith('(') && !value.endsWith(')'));
}

function withoutComment(line: string): string {
  let quote = '';
  for (let at = 0; at < line.length; at += 1) {
    const letter = line[at];
    if (quote === '') {
      if (letter === '#') return line.slice(0, at).trimEnd();
      if (letter === "'" || letter === '"') quote = letter;
    } else if (letter === quote && line[at - 1] !== '\\') quote = '';
  }
  return line.trimEnd();
}

function literal(text: string): Literal | undefined {
  if (/^[+-]?(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Number(text.replaceAll('_', ''));
  if (text === 'True') return true;
  if (text === 'False') return false;
  if (text === 'None') return null;
  const inside = /^(?:\[(.*)\]|\((.*)\))$/s.exec(text);
  if (inside !== null) {
    const items = splitItems(inside[1] ?? inside[2]).map(literal);
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  const quoted = /^([rRuU]?)(?:'([^']*)'|"([^"]*)")$/.exec(text);
  if (quoted === null) return undefined;
  const raw = quoted[2] ?? quoted[3];
  if (quoted[1].toLowerCase() === 'r' || !raw.includes('\\')) return raw;
  try {
    return String(parsePythonLiteral(text.slice(quoted[1].length)));
  } catch {
    // A Windows path written without r'': Python would read escapes into it, the person meant the path.
    return raw;
  }
}

function splitItems(text: string): string[] {
  const items: string[] = [];
  let quote = '';
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (quote !== '') {
      if (letter === quote) quote = '';
    } else if (letter === "'" || letter === '"') quote = letter;
    else if (letter === ',') {
      items.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  items.push(text.slice(from).trim());
  return items.filter((item) => item !== '');
}

function pathsOf(value: Literal | undefined): string[] {
  const list = Array.isArray(value) ? (value as readonly Literal[]) : [value];
  return list.filter((path) => typeof path === 'string').filter((path) => path !== '' && path !== 'None');
}
