import { Lexer, type LineCounter, Parser } from 'yaml';
import { maxDepth } from './limits.ts';

/** One piece of YAML syntax, before it is composed into a document. */
export type Token = ReturnType<Parser['next']> extends Generator<infer T> ? T : never;

/** What a first look at the text finds, without recursion. */
export interface Scan {
  readonly tokens: readonly Token[];
  /** Offset of the first thing that nests too deep; the tokens end there. */
  readonly tooDeep: number | undefined;
  /** Offsets of `$` just before a flow map: `{ a: ${x} }`. */
  readonly unquoted: readonly number[];
}

/** Takes the text apart. Composing recurses and cannot survive deep nesting, so depth is measured here. */
export const scan = (text: string, lines: LineCounter): Scan => {
  const parser = new Parser(lines.addNewLine);
  const tokens: Token[] = [];
  const unquoted: number[] = [];
  let before = '';
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme === '{' && before.endsWith('$')) unquoted.push(parser.offset - 1);
    tokens.push(...parser.next(lexeme));
    // The document and the value itself are on the stack, too.
    if (parser.stack.length > maxDepth + 2) return { tokens, tooDeep: parser.offset, unquoted };
    before = lexeme;
  }
  tokens.push(...parser.end());
  return { tokens, tooDeep: undefined, unquoted };
};
