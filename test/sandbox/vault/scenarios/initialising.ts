import { type Request, read, type Scenario, write } from './scenario.ts';

/** A public PGP key; nobody has its private half. */
const key =
  'xjMEawrvfRYJKwYBBAHaRw8BAQdAf3OBqmkQyOxyV60Mh9iSjZj5qaJ7cXo+e6Lr3KNQizvNCHNjZW5hcmlvwsATBBMWCgCFBYJrCu99AwsJBwkQtHQKH1Bt6G5FFAAAAAAAHAAgc2FsdEBub3RhdGlvbnMub3BlbnBncGpzLm9yZ16FI7EpYSYT4B7/Bp3hnp/rLThd9hw3zbiXq0SiHqNuBRUKCA4MBBYAAgECGQECmwMCHgEWIQSpCjL8iOsmFnx+2Ge0dAofUG3obgAAoYUA/R3djS1MqNl5XAAaKlDPwTsllv5AKA/NSirmRwVt8/vNAQDPAaSLvP0NuzYiW9y0dgUg1uBRMSOvfw7MoUXIV9wIBM44BGsK730SCisGAQQBl1UBBQEBB0CaLLBf5EQKVqEzXs7g2Q16uhqnCfSvNAbUJklrN7LDKAMBCAfCvgQYFgoAcAWCawrvfQkQtHQKH1Bt6G5FFAAAAAAAHAAgc2FsdEBub3RhdGlvbnMub3BlbnBncGpzLm9yZ86x5YQTYm9P48Mu/dWoDBJoLvz5GCtF0HPC/QRjY5mNApsMFiEEqQoy/IjrJhZ8fthntHQKH1Bt6G4AAKpwAP4gBVfjSpqJA5snjxsIePErhFsvI/3mvXo25+E0mlb6YQD/do8I9MO/86hpGTnCCitGr5uffrKjeBrbqhVZtsmOIw0=';

/** Init with PGP keys: what is wrong with them, and what it answers; on a Vault of its own. */
export const initKeys: Scenario = [
  { method: 'PUT', path: 'sys/init', body: { secret_shares: 2, secret_threshold: 2, pgp_keys: [key] }, token: '' },
  {
    method: 'PUT',
    path: 'sys/init',
    body: { secret_shares: 2, secret_threshold: 2, pgp_keys: [key, 'AAAA'] },
    token: '',
  },
  {
    method: 'PUT',
    path: 'sys/init',
    body: { secret_shares: 2, secret_threshold: 2, pgp_keys: [key, '%%%'] },
    token: '',
  },
  { method: 'PUT', path: 'sys/init', body: { secret_shares: 2, secret_threshold: 2, pgp_keys: key }, token: '' },
  { method: 'GET', path: 'sys/init', token: '' },
  {
    method: 'POST',
    path: 'sys/init',
    body: { secret_shares: 2, secret_threshold: 2, pgp_keys: [key, key], root_token_pgp_key: key },
    token: '',
    keep: { 'share 1': ['keys', 0], 'share 2': ['keys', 1], root: ['root_token'] },
  },
  {
    method: 'POST',
    path: 'sys/init',
    body: { secret_shares: 2, secret_threshold: 2, pgp_keys: [key, key], root_token_pgp_key: key },
    token: '',
  },
  { method: 'GET', path: 'sys/seal-status', token: '' },
];

const openly = (method: 'GET' | 'PUT' | 'DELETE', path: string, body?: unknown): Request => ({
  method,
  path,
  token: '',
  ...(body === undefined ? {} : { body }),
});

const wrong = '00'.repeat(33);

/** New shares and a new root token, by the hand of whoever has shares; on a Vault of its own. */
export const newShares: Scenario = [
  {
    ...openly('PUT', 'sys/init', { secret_shares: 2, secret_threshold: 2 }),
    keep: { 'share 1': ['keys', 0], 'share 2': ['keys', 1], root: ['root_token'] },
  },
  openly('GET', 'sys/rekey/init'),
  openly('PUT', 'sys/rekey/init', { secret_shares: 2, secret_threshold: 2 }),
  openly('PUT', 'sys/unseal', { key: '{share 1}' }),
  openly('PUT', 'sys/unseal', { key: '{share 2}' }),
  openly('GET', 'sys/rekey/verify'),
  openly('PUT', 'sys/rekey/update', { key: '{share 1}', nonce: 'none' }),
  openly('PUT', 'sys/rekey/verify', { key: '{share 1}', nonce: 'none' }),
  openly('PUT', 'sys/rekey/init', { secret_shares: 3, secret_threshold: 1 }),
  openly('PUT', 'sys/rekey/init', { secret_shares: 2, secret_threshold: 2, pgp_keys: [key] }),
  openly('PUT', 'sys/rekey/init', { secret_shares: 1, secret_threshold: 1, pgp_keys: ['AAAA'] }),
  {
    ...openly('PUT', 'sys/rekey/init', {
      secret_shares: 2,
      secret_threshold: 2,
      pgp_keys: [key, key],
      require_verification: true,
    }),
    keep: { nonce: ['nonce'] },
  },
  openly('PUT', 'sys/rekey/init', { secret_shares: 2, secret_threshold: 2 }),
  openly('PUT', 'sys/rekey/update', { nonce: '{nonce}' }),
  openly('PUT', 'sys/rekey/update', { key: '{share 1}', nonce: 'none' }),
  openly('PUT', 'sys/rekey/update', { key: '{share 1}', nonce: '{nonce}' }),
  openly('PUT', 'sys/rekey/update', { key: '{share 1}', nonce: '{nonce}' }),
  openly('PUT', 'sys/rekey/update', { key: wrong, nonce: '{nonce}' }),
  openly('GET', 'sys/rekey/init'),
  openly('PUT', 'sys/rekey/update', { key: '{share 1}', nonce: '{nonce}' }),
  {
    ...openly('PUT', 'sys/rekey/update', { key: '{share 2}', nonce: '{nonce}' }),
    keep: { 'message 1': ['keys', 0], 'message 2': ['keys', 1], proof: ['verification_nonce'] },
  },
  openly('GET', 'sys/rekey/init'),
  openly('PUT', 'sys/rekey/update', { key: '{share 1}', nonce: '{nonce}' }),
  openly('GET', 'sys/rekey/verify'),
  openly('DELETE', 'sys/rekey/init', { nonce: 'none' }),
  openly('DELETE', 'sys/rekey/init', { nonce: '{nonce}' }),
  openly('GET', 'sys/rekey/init'),
  {
    ...openly('PUT', 'sys/rekey/init', { secret_shares: 3, secret_threshold: 2, require_verification: true }),
    keep: { nonce: ['nonce'] },
  },
  openly('PUT', 'sys/rekey/update', { key: '{share 1}', nonce: '{nonce}' }),
  {
    ...openly('PUT', 'sys/rekey/update', { key: '{share 2}', nonce: '{nonce}' }),
    keep: { 'new 1': ['keys', 0], 'new 2': ['keys', 1], 'new 3': ['keys', 2], proof: ['verification_nonce'] },
  },
  openly('PUT', 'sys/rekey/verify', { key: '{new 1}', nonce: 'none' }),
  openly('PUT', 'sys/rekey/verify', { key: '{new 1}', nonce: '{proof}' }),
  openly('PUT', 'sys/rekey/verify', { key: '{new 1}', nonce: '{proof}' }),
  openly('PUT', 'sys/rekey/verify', { key: '{share 1}', nonce: '{proof}' }),
  { ...openly('GET', 'sys/rekey/verify'), keep: { proof: ['nonce'] } },
  openly('PUT', 'sys/rekey/verify', { key: '{new 1}', nonce: '{proof}' }),
  openly('PUT', 'sys/rekey/verify', { key: '{new 3}', nonce: '{proof}' }),
  openly('GET', 'sys/rekey/init'),
  openly('GET', 'sys/rekey-recovery-key/init'),
  openly('GET', 'sys/seal-status'),
  { ...openly('PUT', 'sys/generate-root/attempt', {}), keep: { nonce: ['nonce'] } },
  openly('PUT', 'sys/generate-root/attempt', {}),
  openly('PUT', 'sys/generate-root/update', { key: '{new 1}', nonce: 'none' }),
  openly('PUT', 'sys/generate-root/update', { key: '{new 1}', nonce: '{nonce}' }),
  openly('PUT', 'sys/generate-root/update', { key: '{share 2}', nonce: '{nonce}' }),
  openly('GET', 'sys/generate-root/attempt'),
  openly('DELETE', 'sys/generate-root/attempt'),
  openly('PUT', 'sys/generate-root/update', { key: '{new 1}', nonce: '{nonce}' }),
  { ...openly('PUT', 'sys/generate-root/attempt', {}), keep: { nonce: ['nonce'] } },
  openly('PUT', 'sys/generate-root/update', { key: '{new 1}', nonce: '{nonce}' }),
  openly('PUT', 'sys/generate-root/update', { key: '{new 3}', nonce: '{nonce}' }),
  { ...openly('PUT', 'sys/seal'), token: '{root}' },
  openly('PUT', 'sys/unseal', { key: '{share 1}' }),
  openly('PUT', 'sys/unseal', { key: '{share 2}' }),
  openly('PUT', 'sys/unseal', { key: '{new 2}' }),
  openly('PUT', 'sys/unseal', { key: '{new 1}' }),
];

/** A root token ends by its accessor, at the hand of a token that is no child of it. */
export const rootRevoked = {
  'root-revoked': [
    {
      ...write('auth/token/create', { policies: ['root'], no_parent: true }),
      keep: { root: ['auth', 'client_token'], accessor: ['auth', 'accessor'] },
    },
    write('sys/policies/acl/root-revoker', {
      policy:
        'path "auth/token/revoke-accessor" { capabilities = ["update"] }\npath "auth/token/lookup-accessor" { capabilities = ["update"] }',
    }),
    {
      ...write('auth/token/create-orphan', { policies: ['root-revoker'] }),
      token: '{root}',
      keep: { admin: ['auth', 'client_token'] },
    },
    {
      ...write('sys/capabilities-self', { paths: ['auth/token/revoke-accessor', 'sys/mounts/x', 'sys/auth/y'] }),
      token: '{admin}',
    },
    { ...write('sys/capabilities-self', { paths: ['sys/mounts/x'] }), token: '{root}' },
    { ...write('auth/token/revoke-accessor', { accessor: '{accessor}' }), token: '{admin}' },
    { ...write('auth/token/lookup-accessor', { accessor: '{accessor}' }), token: '{admin}' },
    { ...write('auth/token/revoke-accessor', { accessor: '{accessor}' }), token: '{admin}' },
    { ...read('auth/token/lookup-self'), token: '{root}' },
    { ...read('sys/mounts/x'), token: '{admin}' },
    { ...read('auth/token/accessors?list=true'), token: '{admin}' },
    { ...write('auth/token/revoke-self'), token: '{admin}' },
  ],
} satisfies Record<string, Scenario>;
