import { together } from '../result.ts';
import { type Item, parseHcl, type Value } from './hcl.ts';

/** What one `path` block grants. */
export interface Rule {
  /** As written, without a leading slash; may end in `*` and hold `+` segments. */
  readonly path: string;
  readonly capabilities: ReadonlySet<string>;
}

/** The rules of a policy, or why Vault refuses its text. */
export type ParsedPolicy =
  | { readonly ok: true; readonly rules: readonly Rule[] }
  | { readonly ok: false; readonly error: string };

const capabilities = ['deny', 'create', 'read', 'update', 'delete', 'list', 'sudo', 'patch', 'subscribe', 'recover'];

const legacyGrants: Readonly<Record<string, readonly string[]>> = {
  deny: ['deny'],
  read: ['read', 'list'],
  write: ['create', 'read', 'update', 'delete', 'list'],
  sudo: ['create', 'read', 'update', 'delete', 'list', 'sudo'],
};

const pathFields = [
  'comment',
  'policy',
  'capabilities',
  'allowed_parameters',
  'denied_parameters',
  'required_parameters',
  'min_wrapping_ttl',
  'max_wrapping_ttl',
  'mfa_methods',
  'control_group',
  'subscribe_event_types',
];

/** Checks a policy's text as Vault does when it is written. Limits on parameters are accepted and not enforced. */
export const parsePolicy = (text: string): ParsedPolicy => {
  const parsed = parseHcl(text);
  if (!parsed.ok) return refuse(parsed.error);
  const unknown = unknownKeys(parsed.items, ['name', 'path']);
  if (unknown.length > 0) return refuse(together(unknown));
  const rules: Rule[] = [];
  for (const item of parsed.items.filter(({ keys }) => keys[0] === 'path')) {
    const rule = ruleOf(item);
    if (typeof rule === 'string') return refuse(rule);
    rules.push(rule);
  }
  return { ok: true, rules };
};

const refuse = (error: string) => ({ ok: false, error: `failed to parse policy: ${error}` }) as const;

const unknownKeys = (items: readonly Item[], known: readonly string[]): string[] =>
  items
    .filter(({ keys: [key = ''] }) => !known.includes(key))
    .map(({ keys: [key = ''], line }) => `invalid key "${key}" on line ${line}`);

/** The rule of a block, or the complaint. */
const ruleOf = ({ keys, value }: Item): Rule | string => {
  const written = keys[1] ?? 'path';
  if (value.is !== 'object')
    return `path "${written}": At ${value.at}: not an object type for struct (${goNode(value)})`;
  const unknown = unknownKeys(value.items, pathFields);
  if (unknown.length > 0) return together(unknown.map((line) => `path "${written}": ${line}`));
  const granted = valueOf(value.items, 'capabilities');
  if (granted?.is === 'literal') return `path "${written}": At ${granted.at}: unknown slice type: *ast.LiteralType`;
  if (written.includes('+*')) return `path "${written}": invalid use of wildcards ('+*' is forbidden)`;

  const names = granted?.is === 'list' ? granted.items.flatMap((one) => (one.is === 'literal' ? [one.text] : [])) : [];
  const legacy = valueOf(value.items, 'policy');
  if (legacy?.is === 'literal' && legacy.text !== '') {
    const grants = legacyGrants[legacy.text];
    if (grants === undefined) return `path "${written}": invalid policy "${legacy.text}"`;
    names.push(...grants);
  }
  for (const name of names) {
    if (name === 'deny') return { path: written.replace(/^\//, ''), capabilities: new Set(['deny']) };
    if (!capabilities.includes(name)) return `path "${written}": invalid capability "${name}"`;
  }
  return { path: written.replace(/^\//, ''), capabilities: new Set(names) };
};

const valueOf = (items: readonly Item[], key: string): Value | undefined =>
  items.findLast(({ keys }) => keys[0] === key)?.value;

const goNode = ({ is }: Value): string => (is === 'list' ? '*ast.ListType' : '*ast.LiteralType');
