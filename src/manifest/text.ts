import { address, parseAddress } from '../engine/address.ts';
import { type OutputRef, type Reference, reference } from '../engine/value.ts';
import { LabError } from '../errors.ts';

// Strings of a manifest keep `$${` for a literal `${` until their field is known: a field that takes references is
// lexed, any other becomes plain text.

/** Text that means itself: every `${` written as `$${`. */
export const escape = (text: string): string => text.replaceAll('${', () => '$${');

/** What escaped text says: `$${` is `${`, everything else stays. */
export const plain = (text: string): string => text.replaceAll('$${', () => '${');

/** Replaces `${env}` and `${vars.NAME}` and leaves the rest, still escaped. `valueOf` gives escaped text. */
export const substitute = (text: string, valueOf: (name: string) => string): string =>
  text.replaceAll(/\$\$\{|\$\{(env|vars\.[^{}]*)\}/g, (whole, name: string | undefined) =>
    name === undefined ? whole : valueOf(name),
  );

/** What lexing a field that takes references comes to. */
export type Lexed =
  | { readonly ok: true; readonly value: string | Reference }
  | { readonly ok: false; readonly problem: string };

/** Takes `${ADDRESS#output}` out of escaped text. Text without references becomes plain text. */
export const lexReferences = (text: string): Lexed => {
  const parts: (string | OutputRef)[] = [];
  let done = 0;
  for (const match of text.matchAll(/\$\$\{|\$\{([^}]*)(\}?)/g)) {
    const [whole, inside, close] = match;
    parts.push(text.slice(done, match.index));
    done = match.index + whole.length;
    if (inside === undefined) parts.push('${');
    else {
      const output = close === '}' ? parseOutput(inside) : undefined;
      if (output === undefined) return { ok: false, problem: notAReference(whole) };
      parts.push(output);
    }
  }
  const joined = joinTexts([...parts, text.slice(done)]);
  const [only = ''] = joined;
  return { ok: true, value: joined.length < 2 && typeof only === 'string' ? only : reference(joined) };
};

const notAReference = (text: string): string =>
  `${text} is not a reference; write \${ADDRESS#output}, or $\${ for a literal \${`;

const parseOutput = (text: string): OutputRef | undefined => {
  const [target, output, ...more] = text.split('#');
  if (target === undefined || output === undefined || output === '' || more.length > 0) return undefined;
  try {
    const { kind, parts } = parseAddress(target);
    return { address: address(kind, ...parts), output };
  } catch (error) {
    if (error instanceof LabError) return undefined;
    throw error;
  }
};

const joinTexts = (parts: readonly (string | OutputRef)[]): (string | OutputRef)[] =>
  parts.reduce<(string | OutputRef)[]>((joined, part) => {
    const last = joined.at(-1);
    if (part === '') return joined;
    return typeof part === 'string' && typeof last === 'string'
      ? [...joined.slice(0, -1), last + part]
      : [...joined, part];
  }, []);
