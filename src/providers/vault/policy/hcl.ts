/** Paths and what may be done there: `{ "secret/data/app/*": ["read"] }`. */
export type PolicyPaths = Readonly<Record<string, readonly string[]>>;

/** The policy text for paths, in one form for equal content: paths and capabilities sorted. */
export const renderPolicy = (paths: PolicyPaths): string =>
  Object.keys(paths)
    .toSorted()
    .map((path) => {
      const capabilities = (paths[path] ?? []).toSorted().map(quote).join(', ');
      return `path ${quote(path)} {\n  capabilities = [${capabilities}]\n}\n`;
    })
    .join('\n');

// In HCL 1 `${` opens an interpolation: its text stays as it is up to the brace, escapes included, and without a brace it
// is an error. There is no `$${`. Seen on Vault 1.21.4: an escaped dollar is read as a plain one.
/** A string of HCL 1. */
export const quote = (text: string): string => JSON.stringify(text).replaceAll('${', '\\u0024{');

/** The paths of a policy text, or undefined if it says more than paths with capabilities, or says it in another way. */
export const parsePolicy = (text: string): PolicyPaths | undefined => {
  const tokens = tokenise(text);
  if (tokens === undefined) return undefined;
  const paths = new Map<string, readonly string[]>();
  for (let rest: readonly string[] = tokens; rest.length > 0; ) {
    const block = takeBlock(rest);
    // Vault takes two blocks of one path and joins them; that is not ours to work out.
    if (block === undefined || paths.has(block.path)) return undefined;
    paths.set(block.path, block.capabilities);
    rest = block.rest;
  }
  return Object.fromEntries(paths);
};

const token = /\s+|(?:#|\/\/)[^\n]*|\/\*[\s\S]*?\*\/|("(?:[^"\\\n$]|\\.|\$(?!\{))*"|[A-Za-z_]+|[{}[\]=,])/y;

const tokenise = (text: string): readonly string[] | undefined => cut(text, token);

const cut = (text: string, pattern: RegExp): readonly string[] | undefined => {
  const tokens: string[] = [];
  for (pattern.lastIndex = 0; pattern.lastIndex < text.length; ) {
    const match = pattern.exec(text);
    if (match === null) return undefined;
    if (match[1] !== undefined) tokens.push(match[1]);
  }
  return tokens;
};

/** Whether two texts say the same in another form: other spaces, line breaks, comments or, where lab can tell, another order. */
export const sameMeaning = (one: string, other: string): boolean => {
  const [left, right] = [words(one), words(other)];
  if (left !== undefined && right !== undefined && left.join('\n') === right.join('\n')) return true;
  const [paths, others] = [parsePolicy(one), parsePolicy(other)];
  return paths !== undefined && others !== undefined && renderPolicy(paths) === renderPolicy(others);
};

const word = /\s+|(?:#|\/\/)[^\n]*|\/\*[\s\S]*?\*\/|("(?:[^"\\\n]|\\.)*"|[\w.-]+|[{}[\]=,:])/y;

/** Every word of a text; undefined for what cannot be cut into words without understanding it. */
const words = (text: string): readonly string[] | undefined => (/\$\{|<</.test(text) ? undefined : cut(text, word));

interface Block {
  readonly path: string;
  readonly capabilities: readonly string[];
  readonly rest: readonly string[];
}

// path STRING { capabilities = [ STRING, … ] }
const takeBlock = (tokens: readonly string[]): Block | undefined => {
  const [keyword, quoted = '', open, field, equals, bracket] = tokens;
  const path = unquote(quoted);
  const head = [keyword, open, field, equals, bracket].join(' ') === 'path { capabilities = [';
  const end = tokens.indexOf(']');
  if (!head || path === undefined || tokens[end + 1] !== '}') return undefined;
  const list = tokens.slice(6, end);
  // A comma may follow the last one.
  const items = list.filter((_, index) => index % 2 === 0).map(unquote);
  const known = items.filter((item) => item !== undefined);
  if (known.length < items.length || list.some((text, index) => index % 2 === 1 && text !== ',')) return undefined;
  return { path, capabilities: [...new Set(known)].toSorted(), rest: tokens.slice(end + 2) };
};

const unquote = (text: string): string | undefined => {
  if (!text.startsWith('"')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
};
