/** What a token is, in the words of the error messages of HCL 1. */
export type TokenType =
  | 'EOF'
  | 'IDENT'
  | 'STRING'
  | 'HEREDOC'
  | 'NUMBER'
  | 'FLOAT'
  | 'BOOL'
  | 'ASSIGN'
  | 'COMMA'
  | 'PERIOD'
  | 'LBRACE'
  | 'RBRACE'
  | 'LBRACK'
  | 'RBRACK'
  | 'ADD'
  | 'SUB';

/** A token and where it begins, counted from 1. */
export interface Token {
  readonly type: TokenType;
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** All tokens, the last is EOF; or the first fault as `At LINE:COLUMN: …`. */
export type Scanned =
  | { readonly ok: true; readonly tokens: readonly Token[] }
  | { readonly ok: false; readonly error: string };

const forms: readonly [type: TokenType | 'skip', form: RegExp][] = [
  ['skip', /\s+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\//uy],
  ['IDENT', /[\p{L}_][\p{L}\p{Nd}_.-]*/uy],
  ['FLOAT', /-?\d*\.\d+(?:[eE][-+]?\d+)?|-?\d+[eE][-+]?\d+/uy],
  ['NUMBER', /-?(?:0[xX][\da-fA-F]+|\d+)/uy],
  // `${…}` may hold quotes and line breaks.
  ['STRING', /"(?:\$\{[^}]*\}|\\.|[^"\\\n])*"/uy],
  ['HEREDOC', /<<-?([\p{L}_][\p{L}\p{Nd}_]*)\n[\s\S]*?\n?[ \t]*\1(?=\n|$)/uy],
  ['ASSIGN', /=/uy],
  ['COMMA', /,/uy],
  ['PERIOD', /\./uy],
  ['LBRACE', /\{/uy],
  ['RBRACE', /\}/uy],
  ['LBRACK', /\[/uy],
  ['RBRACK', /\]/uy],
  ['ADD', /\+/uy],
  ['SUB', /-/uy],
];

/** Cuts HCL text to tokens. Comments are left out. */
export const scan = (text: string): Scanned => {
  const tokens: Token[] = [];
  let [offset, line, lineStart] = [0, 1, 0];
  const here = (): { line: number; column: number } => ({
    line,
    column: lengthOf(text.slice(lineStart, offset)) + 1,
  });
  while (offset < text.length) {
    const found = matchAt(text, offset);
    if (found === undefined) {
      const { column } = here();
      return { ok: false, error: `At ${line}:${column}: ${faultOf(text, offset)}` };
    }
    if (found.type !== 'skip') tokens.push({ ...here(), type: typeOf(found.type, found.text), text: found.text });
    for (const { index } of found.text.matchAll(/\n/g)) {
      line += 1;
      lineStart = offset + index + 1;
    }
    offset += found.text.length;
  }
  const end = here();
  // A name that ends the text is read one character past its end, and the end counts from there.
  const last = tokens.at(-1);
  const past = last?.type === 'IDENT' && last.line === line && last.column + lengthOf(last.text) === end.column ? 1 : 0;
  return { ok: true, tokens: [...tokens, { line, column: end.column + past, type: 'EOF', text: '' }] };
};

const matchAt = (text: string, offset: number): { type: TokenType | 'skip'; text: string } | undefined => {
  for (const [type, form] of forms) {
    form.lastIndex = offset;
    const [matched] = form.exec(text) ?? [];
    if (matched !== undefined) return { type, text: matched };
  }
  return undefined;
};

const typeOf = (type: TokenType, text: string): TokenType =>
  type === 'IDENT' && (text === 'true' || text === 'false') ? 'BOOL' : type;

/** Characters, not UTF-16 units. */
const lengthOf = (text: string): number => Array.from(text).length;

const faults: Readonly<Record<string, string>> = {
  '"': 'literal not terminated',
  '/': "expected '/' for comment",
  '<': 'heredoc not terminated',
};

const faultOf = (text: string, offset: number): string =>
  text.startsWith('/*', offset) ? 'comment not terminated' : (faults[text.charAt(offset)] ?? 'illegal char');

/** What a literal stands for; strings without their quotes. */
export const literalText = ({ type, text }: Token): string => {
  if (type === 'STRING') return unquote(text.slice(1, -1));
  if (type !== 'HEREDOC') return text;
  const indented = text.startsWith('<<-');
  const lines = text.split('\n').slice(1, -1);
  return `${lines.map((row) => (indented ? row.trimStart() : row)).join('\n')}\n`;
};

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

const unquote = (text: string): string =>
  text.replace(/\\u([\da-fA-F]{4})|\\(.)/gu, (_, code: string | undefined, char: string) =>
    code === undefined ? (escapes[char] ?? char) : String.fromCodePoint(Number.parseInt(code, 16)),
  );
