/** A part of a template: text as it is, or a pipeline whose value is printed. */
export type Part =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'action'; readonly pipeline: Pipeline; readonly at: string };

/** Commands from left to right; each gets the value of the one before as its last argument. */
export type Pipeline = readonly Command[];

/** One operand, or a function with its arguments. `at`: LINE:COLUMN in the template. */
export type Command =
  | { readonly is: 'operand'; readonly operand: Operand; readonly at: string }
  | { readonly is: 'call'; readonly name: string; readonly operands: readonly Operand[]; readonly at: string };

export type Operand =
  | { readonly is: 'value'; readonly value: string | number | boolean | null }
  | { readonly is: 'data' }
  | { readonly is: 'field'; readonly path: readonly string[]; readonly at: string }
  | { readonly is: 'pipeline'; readonly pipeline: Pipeline };

/** The parts of a template, or why it cannot be read; what Go would say where it would refuse it too. */
export type Parsed =
  | { readonly ok: true; readonly parts: readonly Part[] }
  | { readonly ok: false; readonly line: number; readonly error: string };

interface Token {
  readonly type: 'word' | 'string' | 'number' | 'field' | 'dot' | 'open' | 'close' | 'pipe' | 'other';
  readonly text: string;
  readonly offset: number;
}

/** Cuts a Go template to text and actions. It knows pipelines; control structures and variables it refuses by name. */
export const parseTemplate = (template: string): Parsed => {
  const parts: Part[] = [];
  let offset = 0;
  while (offset < template.length) {
    const open = template.indexOf('{{', offset);
    if (open < 0) break;
    const close = endOfAction(template, open + 2);
    const line = lineOf(template, open);
    if (close < 0) return { ok: false, line, error: 'unclosed action' };
    const trimsLeft = /^\{\{-\s/.test(template.slice(open, open + 4));
    const before = template.slice(offset, open);
    parts.push({ is: 'text', text: trimsLeft ? before.trimEnd() : before });
    const inner = template.slice(open + (trimsLeft ? 3 : 2), close);
    const trimsRight = /\s-$/.test(inner);
    const action = trimsRight ? inner.slice(0, -1) : inner;
    offset = close + 2;
    if (trimsRight) offset += template.slice(offset).length - template.slice(offset).trimStart().length;
    // A comment stands right at the braces, or at a trimming dash and its space.
    const comment = action.slice(trimsLeft ? 1 : 0, trimsRight ? -1 : undefined);
    if (comment.startsWith('/*') && comment.endsWith('*/')) continue;
    const parsed = parseAction(template, action, open + (trimsLeft ? 3 : 2));
    if (typeof parsed === 'string') return { ok: false, line, error: parsed };
    parts.push({ is: 'action', pipeline: parsed, at: positionOf(template, open) });
  }
  return { ok: true, parts: [...parts, { is: 'text', text: template.slice(offset) }] };
};

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

/** As Go gives positions: the line from 1, the column from 0. */
const positionOf = (text: string, offset: number): string =>
  `${lineOf(text, offset)}:${offset - text.lastIndexOf('\n', offset - 1) - 1}`;

const quoted = /"(?:\\.|[^"\\\n])*"|`[^`]*`/y;

const endOfAction = (template: string, start: number): number => {
  for (let at = start; at < template.length; at += 1) {
    if (template.startsWith('}}', at)) return at;
    quoted.lastIndex = at;
    const [text] = quoted.exec(template) ?? [];
    if (text !== undefined) at += text.length - 1;
  }
  return -1;
};

const forms: readonly [type: Token['type'], form: RegExp][] = [
  ['string', quoted],
  ['number', /-?\d+(?:\.\d+)?/y],
  ['field', /(?:\.[A-Za-z_]\w*)+/y],
  ['dot', /\./y],
  ['word', /[A-Za-z_]\w*/y],
  ['open', /\(/y],
  ['close', /\)/y],
  ['pipe', /\|/y],
  ['other', /\S/y],
];

const tokenise = (action: string, start: number): Token[] => {
  const tokens: Token[] = [];
  for (let at = 0; at < action.length; ) {
    const blank = /^\s+/.exec(action.slice(at))?.[0].length ?? 0;
    at += blank;
    for (const [type, form] of forms) {
      form.lastIndex = at;
      const [text] = form.exec(action) ?? [];
      if (text === undefined) continue;
      tokens.push({ type, text, offset: start + at });
      at += text.length;
      break;
    }
  }
  return tokens;
};

const constants: ReadonlyMap<string, Operand> = new Map([
  ['true', { is: 'value', value: true }],
  ['false', { is: 'value', value: false }],
  ['nil', { is: 'value', value: null }],
]);

const keywords = ['if', 'else', 'end', 'range', 'with', 'define', 'block', 'template', 'break', 'continue'];

/** The pipeline of an action, or the complaint. */
const parseAction = (template: string, action: string, start: number): Pipeline | string => {
  const tokens = tokenise(action, start);
  let next = 0;
  let complaint: string | undefined;
  const peek = (): Token | undefined => tokens[next];
  const refuse = (text: string): void => {
    complaint ??= text;
    next = tokens.length;
  };

  const operand = (token: Token): Operand => {
    switch (token.type) {
      case 'string':
        return { is: 'value', value: token.text.startsWith('`') ? token.text.slice(1, -1) : unquote(token.text) };
      case 'number':
        return { is: 'value', value: Number(token.text) };
      case 'dot':
        return { is: 'data' };
      case 'field':
        return { is: 'field', path: token.text.slice(1).split('.'), at: positionOf(template, token.offset) };
      case 'open':
        return { is: 'pipeline', pipeline: pipeline(true) };
      case 'word': {
        const constant = constants.get(token.text);
        if (constant !== undefined) return constant;
        const at = positionOf(template, token.offset);
        return { is: 'pipeline', pipeline: [{ is: 'call', name: token.text, operands: [], at }] };
      }
      case 'close':
      case 'pipe':
      case 'other':
        refuse(`unexpected ${JSON.stringify(token.text)} in command, as far as the sandbox reads templates`);
        return { is: 'data' };
    }
  };

  const command = (): Command => {
    const first = tokens[next++];
    if (first === undefined) {
      refuse('missing value for command');
      return { is: 'operand', operand: { is: 'data' }, at: '' };
    }
    const at = positionOf(template, first.offset);
    const isCall = first.type === 'word' && !constants.has(first.text);
    if (isCall && keywords.includes(first.text)) refuse(`the sandbox does not render {{ ${first.text} }}`);
    const head = isCall ? undefined : operand(first);
    const operands: Operand[] = [];
    for (let token = peek(); token !== undefined && token.type !== 'pipe' && token.type !== 'close'; token = peek()) {
      next += 1;
      operands.push(operand(token));
    }
    if (head === undefined) return { is: 'call', name: first.text, operands, at };
    if (operands.length > 0) refuse("can't give argument to non-function");
    return { is: 'operand', operand: head, at };
  };

  const pipeline = (inParentheses: boolean): Pipeline => {
    const commands = [command()];
    while (peek()?.type === 'pipe') {
      next += 1;
      commands.push(command());
    }
    const end = tokens[next++];
    if (inParentheses && end?.type !== 'close') refuse('unclosed left paren');
    if (!inParentheses && end !== undefined) refuse(`unexpected ${JSON.stringify(end.text)} in command`);
    return commands;
  };

  const whole = pipeline(false);
  return complaint ?? whole;
};

const unquote = (text: string): string =>
  text.slice(1, -1).replace(/\\(.)/g, (_, char: string) => ({ n: '\n', t: '\t', r: '\r' })[char] ?? char);
