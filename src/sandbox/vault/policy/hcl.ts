import { literalText, scan, type Token, type TokenType } from './hcl-tokens.ts';

/** One `key "label" { … }` or `key = value`. */
export interface Item {
  /** Key and labels, unquoted. */
  readonly keys: readonly string[];
  /** Of the `=`; 0 for a block without one, which is also what HCL's own messages say of it. */
  readonly line: number;
  readonly value: Value;
}

/** A value, and where it begins as `LINE:COLUMN`. */
export type Value = { readonly at: string } & (
  | { readonly is: 'literal'; readonly text: string }
  | { readonly is: 'list'; readonly items: readonly Value[] }
  | { readonly is: 'object'; readonly items: readonly Item[] }
);

/** The items at the top, or the first fault in the words of HCL 1. */
export type Parsed =
  | { readonly ok: true; readonly items: readonly Item[] }
  | { readonly ok: false; readonly error: string };

/** Parses HCL 1, the language of Vault's policies; text that begins with a brace is JSON. */
export const parseHcl = (text: string): Parsed => {
  if (text.trimStart().startsWith('{')) return parseJson(text);
  const scanned = scan(text);
  return scanned.ok ? parseTokens(scanned.tokens) : scanned;
};

const literals: readonly TokenType[] = ['STRING', 'NUMBER', 'FLOAT', 'BOOL', 'HEREDOC'];

const parseTokens = (tokens: readonly Token[]): Parsed => {
  const end: Token = tokens.at(-1) ?? { type: 'EOF', text: '', line: 1, column: 1 };
  let next = 0;
  let fault: string | undefined;

  const take = (): Token => tokens[next++] ?? end;
  const peek = (): TokenType => (tokens[next] ?? end).type;
  // After the first fault everything reads as the end of the text, so that each rule comes to its end by itself.
  const fail = ({ line, column }: Token, text: string): undefined => {
    fault ??= `At ${line}:${column}: ${text}`;
    next = tokens.length;
    return undefined;
  };

  const items = (inside: boolean): Item[] => {
    const found: Item[] = [];
    for (;;) {
      const one = inside && peek() === 'RBRACE' ? undefined : item();
      if (one === undefined) return found;
      found.push(one);
      if (peek() === 'COMMA') take();
    }
  };

  const item = (): Item | undefined => {
    const keys: string[] = [];
    while (peek() === 'IDENT' || peek() === 'STRING') keys.push(literalText(take()));
    const token = take();
    if (token.type === 'ASSIGN') {
      if (keys.length > 1) return fail(token, 'nested object expected: LBRACE got: ASSIGN');
      if (keys.length === 0) return fail(token, 'no object keys found!');
      const assigned = value();
      return assigned === undefined ? undefined : { keys, line: token.line, value: assigned };
    }
    if (token.type === 'LBRACE') {
      if (keys.length === 0) return fail(token, 'expected: IDENT | STRING got: LBRACE');
      const block = object(token);
      return block === undefined ? undefined : { keys, line: 0, value: block };
    }
    if (token.type === 'EOF' && keys.length === 0) return undefined;
    if (keys.length > 0 && (token.type === 'EOF' || token.type === 'RBRACE')) {
      return fail(token, `key '${keys.join(' ')}' expected start of object ('{') or assignment ('=')`);
    }
    return fail(token, `expected: IDENT | STRING | ASSIGN | LBRACE got: ${token.type}`);
  };

  const value = (): Value | undefined => {
    const token = take();
    if (literals.includes(token.type)) return { is: 'literal', at: at(token), text: literalText(token) };
    if (token.type === 'LBRACE') return object(token);
    if (token.type === 'LBRACK') return list(token);
    return token.type === 'EOF' ? undefined : fail(token, `Unknown token: ${at(token)} ${token.type} ${token.text}`);
  };

  const object = (brace: Token): Value | undefined => {
    const inner = items(true);
    const close = take();
    if (close.type !== 'RBRACE') {
      // The end is read a second time by then, each time one column further.
      const column = close.column + (close.type === 'EOF' ? 1 : 0);
      return fail({ ...close, column }, `object expected closing RBRACE got: ${close.type}`);
    }
    return { is: 'object', at: at(brace), items: inner };
  };

  const list = (bracket: Token): Value | undefined => {
    const found: Value[] = [];
    for (let needsComma = false; ; ) {
      const type = peek();
      if (type === 'RBRACK') break;
      if (needsComma && type !== 'COMMA') {
        return fail(take(), `error parsing list, expected comma or list end, got: ${type}`);
      }
      if (type === 'COMMA') {
        take();
        needsComma = false;
        continue;
      }
      if (![...literals, 'LBRACE', 'LBRACK'].includes(type)) {
        return fail(take(), `unexpected token while parsing list: ${type}`);
      }
      const one = value();
      if (one === undefined) return undefined;
      found.push(one);
      needsComma = true;
    }
    take();
    return { is: 'list', at: at(bracket), items: found };
  };

  const top = items(false);
  return fault === undefined ? { ok: true, items: top } : { ok: false, error: fault };
};

const at = ({ line, column }: Token): string => `${line}:${column}`;

const parseJson = (text: string): Parsed => {
  try {
    const parsed: unknown = JSON.parse(text);
    return { ok: true, items: itemsOf(parsed) };
  } catch {
    return { ok: false, error: 'At 1:1: the JSON form cannot be parsed' };
  }
};

/** `{"path": {"a": {…}}}` says the same as `path "a" {…}`: an object whose members are objects gives labels. */
const itemsOf = (value: unknown, keys: readonly string[] = []): readonly Item[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]): readonly Item[] => {
    const path = [...keys, key];
    if (keys.length === 0 && typeof member === 'object' && member !== null && !Array.isArray(member)) {
      return itemsOf(member, path);
    }
    return [{ keys: path, line: 0, value: jsonValue(member) }];
  });
};

const jsonValue = (value: unknown): Value => {
  if (Array.isArray(value)) return { is: 'list', at: '1:1', items: value.map(jsonValue) };
  if (typeof value !== 'object' || value === null) return { is: 'literal', at: '1:1', text: String(value) };
  const items = Object.entries(value).map(([key, member]) => ({ keys: [key], line: 0, value: jsonValue(member) }));
  return { is: 'object', at: '1:1', items };
};
