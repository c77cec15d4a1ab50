import { read, remove, type Scenario, write } from './scenario.ts';

/** How Vault says no, and how far it goes with a new root token and new shares. */
export const refusals = {
  'refused-mounts': [
    write('sys/mounts/twice', { type: 'kv' }),
    write('sys/mounts/twice', { type: 'kv' }),
    write('sys/mounts/odd', { type: 'no-such-engine' }),
    read('sys/mounts/nothing-here'),
    read('nothing-here/data/x'),
    write('nothing-here/data/x', { data: {} }),
  ],
  'refused-tokens': [
    { method: 'GET', path: 'sys/mounts', token: '' },
    { method: 'GET', path: 'sys/mounts', token: 'no-such-token' },
  ],
  'description-of-nothing': [
    { method: 'GET', path: 'sys/internal/specs/openapi', token: '' },
    { method: 'GET', path: 'sys/internal/specs/openapi', token: 'no-such-token' },
  ],
  'refused-methods': [
    write('sys/health-of-nobody'),
    remove('sys/mounts'),
    { method: 'PUT', path: 'sys/mounts', body: {} },
  ],
  'refused-interface-write': [write('sys/internal/ui/mounts')],
  'generate-root': [
    read('sys/generate-root/attempt'),
    write('sys/generate-root/attempt'),
    { method: 'PUT', path: 'sys/generate-root/update', body: { key: 'AAAA', nonce: 'none' } },
    remove('sys/generate-root/attempt'),
  ],
  rekey: [
    read('sys/rekey/init'),
    write('sys/rekey/init', { secret_shares: 1, secret_threshold: 2 }),
    { ...write('sys/rekey/init', { secret_shares: 3, secret_threshold: 2 }), keep: { nonce: ['nonce'] } },
    { method: 'PUT', path: 'sys/rekey/update', body: { key: 'AAAA', nonce: 'none' } },
    remove('sys/rekey/init'),
    { ...remove('sys/rekey/init'), body: { nonce: '{nonce}' } },
    read('sys/rekey/init'),
  ],
  'kv-refusals': [
    write('sys/mounts/kv-refusals', { type: 'kv-v2' }),
    read('kv-refusals/data/absent'),
    read('kv-refusals/metadata?list=true'),
    write('kv-refusals/data/a', { data: { x: '1' }, options: { cas: 0 } }),
    write('kv-refusals/data/a', { data: { x: '2' }, options: { cas: 0 } }),
    write('kv-refusals/data/a', { x: '2' }),
    remove('kv-refusals/data/a'),
    read('kv-refusals/data/a'),
    { method: 'PATCH', path: 'kv-refusals/data/a', body: { data: {} }, contentType: 'application/json' },
  ],
} satisfies Record<string, Scenario>;

/** From nothing to open and closed again; on a Vault of its own. */
export const lifecycle: Scenario = [
  { method: 'GET', path: 'sys/init', token: '' },
  { method: 'GET', path: 'sys/health', token: '' },
  { method: 'GET', path: 'sys/seal-status', token: '' },
  { method: 'GET', path: 'sys/mounts', token: '' },
  { method: 'PUT', path: 'sys/init', body: { secret_shares: 1, secret_threshold: 2 }, token: '' },
  {
    method: 'PUT',
    path: 'sys/init',
    body: { secret_shares: 2, secret_threshold: 2 },
    token: '',
    keep: { 'share 1': ['keys', 0], 'share 2': ['keys', 1], root: ['root_token'] },
  },
  { method: 'PUT', path: 'sys/init', body: { secret_shares: 1, secret_threshold: 1 }, token: '' },
  { method: 'GET', path: 'sys/health', token: '' },
  { method: 'GET', path: 'sys/mounts', token: '{root}' },
  { method: 'PUT', path: 'sys/unseal', body: { key: '{share 1}' }, token: '' },
  { method: 'PUT', path: 'sys/unseal', body: { reset: true }, token: '' },
  { method: 'PUT', path: 'sys/unseal', body: { key: '{share 1}' }, token: '' },
  { method: 'PUT', path: 'sys/unseal', body: { key: '{share 2}' }, token: '' },
  { method: 'GET', path: 'sys/seal-status', token: '' },
  { method: 'GET', path: 'sys/health', token: '' },
  { method: 'PUT', path: 'sys/seal', token: '' },
  { method: 'PUT', path: 'sys/seal', token: '{root}' },
  { method: 'GET', path: 'sys/policies/acl/default', token: '{root}' },
];
