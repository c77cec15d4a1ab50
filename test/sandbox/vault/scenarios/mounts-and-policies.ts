import { read, remove, type Scenario, write } from './scenario.ts';

const policy = 'path "secret/*" { capabilities = ["read"] }';

/** Mounts, login methods and policies read back differently from how they were written. */
export const mountsAndPolicies = {
  'kv-v2-type': [write('sys/mounts/kv-type', { type: 'kv-v2' }), read('sys/mounts/kv-type')],
  'mount-lease-times': [
    write('sys/mounts/lease-set', { type: 'kv', config: { max_lease_ttl: '87600h' } }),
    write('sys/mounts/lease-unset', { type: 'kv' }),
    read('sys/mounts/lease-set'),
    read('sys/mounts/lease-unset'),
    read('sys/mounts/lease-unset/tune'),
  ],
  'auth-token-type': [write('sys/auth/token-type', { type: 'kubernetes' }), read('sys/auth/token-type')],
  'policy-name': [
    write('sys/policies/acl/Team-A', { policy }),
    read('sys/policies/acl/team-a'),
    read('sys/policies/acl/Team-A'),
  ],
  'policy-base64': [
    write('sys/policies/acl/base64', { policy: Buffer.from(policy).toString('base64') }),
    read('sys/policies/acl/base64'),
  ],
  'kv-v1': [
    write('sys/mounts/kv-old', { type: 'kv', options: { version: '1' } }),
    read('kv-old/app/db'),
    { method: 'GET', path: 'kv-old?list=true' },
    write('kv-old/app/db', { user: 'one', ttl: '5m' }),
    write('kv-old/app/db', { user: 'two', password: 'three' }),
    write('kv-old/empty', {}),
    read('kv-old/app/db'),
    { method: 'GET', path: 'kv-old/app?list=true' },
    { method: 'GET', path: 'kv-old?list=true' },
    remove('kv-old/app/db'),
    remove('kv-old/app/db'),
    read('kv-old/app/db'),
    write('sys/mounts/kv-old/tune', { options: { version: '1' } }),
    write('sys/mounts/kv-old/tune', { options: { version: '2' } }),
    read('sys/mounts/kv-old'),
    write('sys/mounts/kv-old/tune', { options: { version: '2' } }),
    write('sys/mounts/kv-old/tune', { options: { version: '1' } }),
  ],
  'kv-config-duration': [
    write('sys/mounts/kv-duration', { type: 'kv-v2' }),
    write('kv-duration/config', { delete_version_after: '3h' }),
    read('kv-duration/config'),
  ],
  'kv-custom-metadata': [
    write('sys/mounts/kv-custom', { type: 'kv-v2' }),
    write('kv-custom/metadata/p', { custom_metadata: { n: 5 } }),
    read('kv-custom/metadata/p'),
  ],
} satisfies Record<string, Scenario>;
