import { entryOf } from '../content.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import { absent, done, doneWith, found, foundRepeated, type Result, refused, together } from '../result.ts';
import { aclFor } from '../tokens.ts';
import { decodeBase64 } from './base64.ts';
import { parsePolicy } from './rules.ts';

const nameOf = ({ params: [name = ''] }: Call): string => name.toLowerCase();

const textOf = (call: Call): string | undefined =>
  nameOf(call) === 'root' ? '' : entryOf(call.vault.content.policies, nameOf(call));

const write = (call: Call, text: string | undefined): Result => {
  const name = nameOf(call);
  if (text === undefined || text === '') return refused(400, "'policy' parameter not supplied or empty");
  const policy = decodeBase64(text) ?? text;
  const parsed = parsePolicy(policy);
  if (!parsed.ok) return refused(400, parsed.error);
  if (name === 'root') return refused(400, 'cannot update "root" policy');
  call.vault.content.policies[name] = policy;
  call.vault.changed();
  return doneWith(name === call.params[0] ? [] : [`policy name was converted to ${name}`]);
};

const remove = (call: Call): Result => {
  const name = nameOf(call);
  if (name === 'root') return refused(400, 'cannot delete "root" policy');
  if (name === 'default') return refused(400, 'cannot delete default policy');
  delete call.vault.content.policies[name];
  call.vault.changed();
  return done;
};

const names = ({ vault }: Call): readonly string[] => [
  ...Object.keys(vault.content.policies).toSorted(
    (left, right) => depth(left) - depth(right) || (left < right ? -1 : 1),
  ),
  'root',
];

// Names with slashes come after those without.
const depth = (name: string): number => name.split('/').length;

const capabilitiesSelf = (call: Call, asked: readonly string[]): Result => {
  if (asked.length === 0) return refused(400, 'paths must be supplied');
  if (asked.includes('')) return refused(400, together(['missing path']));
  const acl = aclFor(call.vault.content, call.token);
  const answers = Object.fromEntries(asked.map((path) => [path, acl.capabilities(path.replace(/^\//, ''))]));
  const [only] = asked;
  return foundRepeated({
    ...answers,
    ...(asked.length === 1 && only !== undefined ? { capabilities: answers[only] } : {}),
  });
};

/** `sys/policies/acl…`, the older `sys/policy…`, and `sys/capabilities-self`. */
export const policyEndpoints: readonly Endpoint[] = [
  endpoint({ pattern: /^policies\/acl\/?$/, fields: {}, on: { list: (call) => found({ keys: names(call) }) } }),
  endpoint({
    pattern: /^policies\/acl\/(.*[^/])\/?$/,
    fields: { policy: 'string', name: 'string' },
    on: {
      read: (call) => {
        const policy = textOf(call);
        return policy === undefined ? absent : found({ name: nameOf(call), policy });
      },
      update: (call, { policy }) => write(call, policy),
      delete: remove,
    },
  }),
  endpoint({
    pattern: /^policy\/?$/,
    fields: {},
    on: { read: (call) => foundRepeated({ keys: names(call), policies: names(call) }) },
  }),
  endpoint({
    pattern: /^policy\/(.+)$/,
    fields: { policy: 'string', name: 'string' },
    on: {
      read: (call) => {
        const rules = textOf(call);
        return rules === undefined ? absent : foundRepeated({ name: nameOf(call), rules });
      },
      update: (call, { policy }) => write(call, policy),
      delete: remove,
    },
  }),
  endpoint({
    pattern: /^capabilities-self$/,
    fields: { paths: 'list', path: 'list', token: 'string' },
    on: { update: (call, { paths = [], path = [] }) => capabilitiesSelf(call, paths.length > 0 ? paths : path) },
  }),
];
