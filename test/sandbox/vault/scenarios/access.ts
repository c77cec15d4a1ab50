import { read, remove, type Scenario, write } from './scenario.ts';

const rules = 'length = 20\nrule "charset" {\n  charset = "abcdefghij"\n}\n';

/** Audit devices, password policies, groups and their aliases. */
export const access = {
  'audit-devices': [
    write('sys/audit/lab-file', { type: 'file', description: 'who did what', options: { file_path: 'discard' } }),
    write('sys/audit/lab-file', { type: 'file', options: { file_path: 'discard' } }),
    write('sys/audit/lab-none', { type: 'nothing' }),
    write('sys/audit/lab-empty', { type: 'file' }),
    read('sys/audit'),
    remove('sys/audit/lab-file'),
    remove('sys/audit/lab-file'),
    read('sys/audit'),
  ],
  'password-policies': [
    write('sys/policies/password/Lab', { policy: rules }),
    read('sys/policies/password/Lab'),
    read('sys/policies/password/lab'),
    write('sys/policies/password/encoded', { policy: Buffer.from(rules).toString('base64') }),
    read('sys/policies/password/encoded'),
    write('sys/policies/password/short', { policy: 'length = 3\nrule "charset" { charset = "ab" }' }),
    write('sys/policies/password/bare', { policy: 'length = 20' }),
    write('sys/policies/password/broken', { policy: 'length = ' }),
    write('sys/policies/password/empty', {}),
    remove('sys/policies/password/Lab'),
    remove('sys/policies/password/Lab'),
    read('sys/policies/password/Lab'),
  ],
  'group-of-people': [
    write('identity/group/name/Lab-People', {
      type: 'internal',
      policies: ['Dev', 'ops', 'Dev'],
      metadata: { team: 'lab' },
    }),
    read('identity/group/name/Lab-People'),
    write('identity/group/name/lab-people', { policies: ['ops'] }),
    read('identity/group/name/lab-people'),
    write('identity/group/name/lab-people', { type: 'external' }),
    write('identity/group/name/lab-odd', { type: 'odd' }),
    write('identity/group/name/lab-root', { policies: ['root'] }),
    remove('identity/group/name/lab-people'),
    remove('identity/group/name/lab-people'),
    read('identity/group/name/Lab-People'),
  ],
  'group-alias': [
    write('sys/auth/lab-groups', { type: 'jwt' }),
    { ...read('sys/auth/lab-groups'), keep: { accessor: ['data', 'accessor'] } },
    {
      ...write('identity/group/name/lab-devs', { type: 'external', policies: ['dev'] }),
      keep: { group: ['data', 'id'] },
    },
    {
      ...write('identity/group-alias', { name: 'devs', mount_accessor: '{accessor}', canonical_id: '{group}' }),
      keep: { alias: ['data', 'id'] },
    },
    read('identity/group/name/lab-devs'),
    write('identity/group-alias', {
      name: 'developers',
      mount_accessor: '{accessor}',
      canonical_id: '{group}',
      id: '{alias}',
    }),
    read('identity/group-alias/id/{alias}'),
    read('identity/group/name/lab-devs'),
    write('identity/group-alias', { name: 'x', mount_accessor: 'none', canonical_id: '{group}' }),
    write('identity/group-alias', { name: 'x', mount_accessor: '{accessor}', canonical_id: 'none' }),
    write('identity/group/name/lab-devs', { policies: ['dev', 'more'] }),
    read('identity/group/name/lab-devs'),
    remove('identity/group-alias/id/{alias}'),
    remove('identity/group-alias/id/{alias}'),
    read('identity/group/name/lab-devs'),
    {
      ...write('identity/group/name/lab-inner', { type: 'internal' }),
      keep: { inner: ['data', 'id'] },
    },
    write('identity/group-alias', { name: 'y', mount_accessor: '{accessor}', canonical_id: '{inner}' }),
  ],
} satisfies Record<string, Scenario>;
