/** What an expression is tested on: numbers and words by name; nothing where a row has no such value. */
export type FieldValue = number | string | null | undefined;
export type Fields = (name: string) => FieldValue;
export type FilterTest = (fields: Fields) => boolean;

export type ParsedFilter =
  | { readonly ok: true; readonly test: FilterTest; readonly names: readonly string[] }
  | { readonly ok: false; readonly problem: string; readonly at: number };

interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

class Refused extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const tokenForms =
  /\s*(?:(?<number>-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)|(?<name>[A-Za-z_]\w*)|"(?<text>[^"]*)"|(?<sign><=|>=|==|!=|[<>=()]))/iy;
const comparisons: Readonly<Record<string, (a: number | string, b: number | string) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '=': (a, b) => a === b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

/**
 * Reads `template_distance_l1 < 0.2 and (refractory_dip < 0.5 or decision == "merge")`: comparisons of names with numbers,
 * quoted words or other names, joined by and, or, not and brackets. Nothing in it is run as code. A comparison with a value
 * that a row doesn't have is false, also under `!=`. An empty text passes everything.
 */
export function parseFilter(text: string, known: ReadonlySet<string>): ParsedFilter {
  if (text.trim() === '') return { ok: true, test: () => true, names: [] };
  try {
    const tokens = tokensOf(text);
    const names = new Set<string>();
    let place = 0;
    const peek = () => tokens[place] as Token;
    const next = () => tokens[place++] as Token;
    const isWord = (word: string) => peek().kind === 'name' && peek().text.toLowerCase() === word;

    const operand = (canBeWord: boolean): ((fields: Fields) => FieldValue) => {
      const token = next();
      if (token.kind === 'number') return () => Number(token.text);
      if (token.kind === 'text') return () => token.text;
      if (token.kind !== 'name') throw new Refused(`Expected a name or a number, not ${spoken(token)}.`, token.at);
      if (!known.has(token.text)) {
        const hint = canBeWord ? ` A word is written in quotes: "${token.text}".` : '';
        throw new Refused(`There is no number called ${token.text}.${hint}`, token.at);
      }
      names.add(token.text);
      return (fields) => fields(token.text);
    };
    const comparison = (): FilterTest => {
      if (peek().text === '(' && peek().kind === 'sign') {
        next();
        const inner = either();
        const close = next();
        if (close.text !== ')') throw new Refused(`Expected “)”, not ${spoken(close)}.`, close.at);
        return inner;
      }
      const left = operand(false);
      const sign = next();
      const compare = sign.kind === 'sign' && Object.hasOwn(comparisons, sign.text) ? comparisons[sign.text] : undefined;
      if (!compare) throw new Refused(`Expected <, <=, >, >=, == or !=, not ${spoken(sign)}.`, sign.at);
      const right = operand(['=', '==', '!='].includes(sign.text));
      return (fields) => {
        const [a, b] = [left(fields), right(fields)];
        return a !== null && a !== undefined && b !== null && b !== undefined && typeof a === typeof b && compare(a, b);
      };
    };
    const negated = (): FilterTest => {
      if (!isWord('not')) return comparison();
      next();
      const inner = negated();
      return (fields) => !inner(fields);
    };
    const both = (): FilterTest => {
      const parts = [negated()];
      while (isWord('and')) {
        next();
        parts.push(negated());
      }
      return (fields) => parts.every((part) => part(fields));
    };
    const either = (): FilterTest => {
      const parts = [both()];
      while (isWord('or')) {
        next();
        parts.push(both());
      }
      return (fields) => parts.some((part) => part(fields));
    };
    const test = either();
    if (peek().kind !== 'end') throw new Refused(`Expected “and” or “or”, not ${spoken(peek())}.`, peek().at);
    return { ok: true, test, names: [...names] };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { ok: false, problem: error.message, at: error.at };
  }
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (text.slice(at).trim() !== '') {
    tokenForms.lastIndex = at;
    const match = tokenForms.exec(text);
    const start = at + (text.slice(at).length - text.slice(at).trimStart().length);
    if (!match?.groups) throw new Refused(`“${text[start]}” can’t stand here.`, start);
    const kind = (['number', 'name', 'text', 'sign'] as const).find((one) => match.groups?.[one] !== undefined);
    if (kind) tokens.push({ kind, text: match.groups[kind] ?? '', at: start });
    at = tokenForms.lastIndex;
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}

function spoken(token: Token): string {
  return token.kind === 'end' ? 'the end' : `“${token.text}”`;
}
