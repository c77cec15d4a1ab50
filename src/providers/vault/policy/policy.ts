import { z } from 'zod';
import { defineKind } from '../../../engine/define-kind.ts';
import { sortedSet } from '../../../engine/fields.ts';
import type { VaultClient } from '../client.ts';
import { names } from '../listed.ts';
import { keptForLogin } from '../login/kept.ts';
import { differenceOf } from '../product.ts';
import { may, mayHelp } from '../rights.ts';
import { isBase64 } from './base64.ts';
import { parsePolicy, renderPolicy, sameMeaning } from './hcl.ts';

const capabilities = ['create', 'read', 'update', 'patch', 'delete', 'list', 'sudo', 'deny', 'subscribe', 'recover'];

const capabilitySet = sortedSet(z.enum(capabilities));

const schema = z.strictObject({
  paths: z.record(z.string(), capabilitySet).optional().describe('What may be done where: {PATH: [CAPABILITY, …]}.'),
  hcl: z
    .string()
    .optional()
    .describe('The policy as text, for what `paths` cannot say. Another form of the same text is no difference.'),
});

const wrongPaths = (paths: readonly string[]): string | undefined => {
  if (paths.length === 0) return 'paths must name at least one path';
  return paths.some((path) => /^$|\p{Cc}/u.test(path)) ? 'a path is empty or holds a line break' : undefined;
};

const answer = z.object({ policy: z.string() });

/** What tokens may do. Vault lower-cases its name. */
export const policy = defineKind<typeof schema.shape, VaultClient>({
  kind: 'vault.policy',
  parts: [['NAME']],
  schema,
  fields: { paths: { exact: true, grant: true }, hcl: { grant: true } },
  ownership: 'whole',
  mark: 'none',
  writes: 'replace',
  precondition: 're-read',
  identify: ([name = '']) => [name.toLowerCase()],
  gates: () => ['vault.active'],
  rights: ([name = '']) => {
    const path = `sys/policies/acl/${name}`;
    const others = mayHelp('sys/policies/acl', 'list');
    return { plan: [...may(path, 'read'), ...others], apply: may(path, 'update', 'delete') };
  },
  check: ({ paths, hcl }) => {
    if ((paths === undefined) === (hcl === undefined)) return 'a policy has either paths or hcl';
    if (paths !== undefined) return wrongPaths(Object.keys(paths));
    return isBase64(hcl ?? '') ? 'hcl is empty or happens to be valid base64, which Vault would decode' : undefined;
  },
  read: async (client, [name = ''], wanted) => {
    const live = await client.read(['sys', 'policies', 'acl', name], answer);
    if (live === undefined) return { exists: 'no' };
    const paths = parsePolicy(live.policy);
    const hcl = wanted.hcl !== undefined && sameMeaning(wanted.hcl, live.policy) ? wanted.hcl : live.policy;
    const reformatted = [
      ...(hcl === live.policy ? [] : ['hcl']),
      ...(wanted.paths === undefined || paths === undefined || renderPolicy(paths) === live.policy ? [] : ['paths']),
    ];
    return {
      exists: 'yes',
      spec: { hcl, ...(paths === undefined ? {} : { paths }) },
      outputs: {},
      ...(reformatted.length === 0 ? {} : { reformatted }),
    };
  },
  inventory: async (client) => {
    const { keys = [] } = (await client.list(['sys', 'policies', 'acl'], names)) ?? {};
    const own = differenceOf('ownPolicies', await client.product());
    return keys.filter((name) => !own.includes(name)).map((name) => ({ id: [name] }));
  },
  write: (client, { id: [name = ''], spec }) =>
    client.write('POST', ['sys', 'policies', 'acl', name], { policy: spec.hcl ?? renderPolicy(spec.paths ?? {}) }),
  keep: async (client, id) => keptForLogin(client, 'vault.policy', id),
  remove: (client, [name = '']) => client.remove(['sys', 'policies', 'acl', name]),
});
