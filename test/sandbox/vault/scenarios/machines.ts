import { type Request, read, remove, type Scenario, write } from './scenario.ts';

const enabled = (mount: string, type: string): Request => write(`sys/auth/${mount}`, { type });

// Of a pair that was made for these recordings; the tokens below were signed with the other half, and never end.
const publicKey = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYEr8hFbt64cjlfai7Rf/+gO7eYaF
i+iRXpu6snMeLt+PJsS9sTfgVbSvuOqOnDd8qkvax23wcdKfSusD6FpGxg==
-----END PUBLIC KEY-----`;

const ofMain =
  'eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2NpLmV4YW1wbGUiLCJzdWIiOiJqb2IiLCJhdWQiOiJ2YXVsdCIsInJlZiI6InJlZnMvaGVhZHMvbWFpbiIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjo5OTk5OTk5OTk5fQ.R9ecRrVhb02a6dHMSMSNZr67hxx4dFfaDemRXWfsPDHbk-nvIVz-uAG7PZ9lSTlrBrQzPVI1O-xMgT3CEdCDnw';
const ofAnotherBranch =
  'eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2NpLmV4YW1wbGUiLCJzdWIiOiJqb2IiLCJhdWQiOiJ2YXVsdCIsInJlZiI6InJlZnMvaGVhZHMvb3RoZXIiLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6OTk5OTk5OTk5OX0.7m1D5zWXY0NTjp12rRkrZxmsPSZ_QO7XWtmJ1NHJiUZET-_nSKRxMXw3fAcZV72fpB34fuLyprVOX18iKsmDdQ';
const forAnotherAudience =
  'eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2NpLmV4YW1wbGUiLCJzdWIiOiJqb2IiLCJhdWQiOiJvdGhlciIsInJlZiI6InJlZnMvaGVhZHMvbWFpbiIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjo5OTk5OTk5OTk5fQ.gjiWMVWNoIsGVo5_vysyOTIjcXlGi5OHq-iS8EDa9InZqohWjaeGtX6Y4tv8JoiLS84Y6odi0SA3DOGU1flWUg';
const ofAnotherIssuer =
  'eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2Vsc2UuZXhhbXBsZSIsInN1YiI6ImpvYiIsImF1ZCI6InZhdWx0IiwicmVmIjoicmVmcy9oZWFkcy9tYWluIiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjk5OTk5OTk5OTl9.5U1jOf3IRfHbgtmNeiqI2Oag8puVkvWypOmux0UiR3iY_CMFAbGEF1DLnNpYe-loRL3CrCX-FbenQVZ_eWWS4g';

/** Machines that log in from outside of the cluster: AppRole and JWT. */
export const machines = {
  'approle-role': [
    enabled('lab-approle', 'approle'),
    { method: 'GET', path: 'auth/lab-approle/role?list=true' },
    write('auth/lab-approle/role/CI', { token_policies: ['ci'], token_ttl: '15m', secret_id_ttl: '24h' }),
    { method: 'GET', path: 'auth/lab-approle/role?list=true' },
    read('auth/lab-approle/role/ci'),
    write('auth/lab-approle/role/ci', { secret_id_num_uses: 3 }),
    read('auth/lab-approle/role/CI'),
    read('auth/lab-approle/role/none'),
    read('auth/lab-approle/role/none/role-id'),
    write('auth/lab-approle/role/ci/role-id', { role_id: 'a-role-id-of-the-recordings' }),
    read('auth/lab-approle/role/ci/role-id'),
    write('auth/lab-approle/role/bare', { bind_secret_id: false }),
    write('auth/lab-approle/role/odd', { token_ttl: '2h', token_max_ttl: '1h' }),
    remove('auth/lab-approle/role/ci'),
    remove('auth/lab-approle/role/ci'),
    read('auth/lab-approle/role/ci'),
  ],
  'approle-secret-id': [
    enabled('lab-approle-id', 'approle'),
    write('auth/lab-approle-id/role/ci', { token_policies: ['ci'], secret_id_ttl: '1h', secret_id_num_uses: 2 }),
    { method: 'GET', path: 'auth/lab-approle-id/role/ci/secret-id?list=true' },
    {
      ...write('auth/lab-approle-id/role/ci/secret-id', { metadata: '{"owner":"lab"}' }),
      keep: { secret: ['data', 'secret_id'], handle: ['data', 'secret_id_accessor'] },
    },
    { method: 'GET', path: 'auth/lab-approle-id/role/ci/secret-id?list=true' },
    write('auth/lab-approle-id/role/ci/secret-id-accessor/lookup', { secret_id_accessor: '{handle}' }),
    { ...read('auth/lab-approle-id/role/ci/role-id'), keep: { role: ['data', 'role_id'] } },
    { ...write('auth/lab-approle-id/login', { role_id: '{role}', secret_id: '{secret}' }), token: '' },
    { ...write('auth/lab-approle-id/login', { role_id: '{role}', secret_id: 'wrong' }), token: '' },
    { ...write('auth/lab-approle-id/login', { role_id: 'wrong', secret_id: '{secret}' }), token: '' },
    { ...write('auth/lab-approle-id/login', {}), token: '' },
    write('auth/lab-approle-id/role/ci/secret-id-accessor/destroy', { secret_id_accessor: '{handle}' }),
    write('auth/lab-approle-id/role/ci/secret-id-accessor/lookup', { secret_id_accessor: '{handle}' }),
    { ...write('auth/lab-approle-id/login', { role_id: '{role}', secret_id: '{secret}' }), token: '' },
    write('auth/lab-approle-id/role/none/secret-id', {}),
    write('auth/lab-approle-id/role/far', { token_policies: ['ci'], secret_id_bound_cidrs: ['10.0.0.0/8'] }),
    { ...read('auth/lab-approle-id/role/far/role-id'), keep: { far: ['data', 'role_id'] } },
    { ...write('auth/lab-approle-id/role/far/secret-id'), keep: { proof: ['data', 'secret_id'] } },
    { ...write('auth/lab-approle-id/login', { role_id: '{far}', secret_id: '{proof}' }), token: '' },
    write('auth/lab-approle-id/role/far', { secret_id_bound_cidrs: ['127.0.0.0/8'] }),
    { ...write('auth/lab-approle-id/login', { role_id: '{far}', secret_id: '{proof}' }), token: '' },
  ],
  'approle-secret-id-ttl': [
    enabled('lab-approle-ttl', 'approle'),
    write('auth/lab-approle-ttl/role/ci', { token_policies: ['ci'], secret_id_ttl: '24h' }),
    {
      ...write('auth/lab-approle-ttl/role/ci/secret-id', { ttl: '1h', metadata: '{"lab-owner":"a/b/c"}' }),
      keep: { handle: ['data', 'secret_id_accessor'], secret: ['data', 'secret_id'] },
    },
    write('auth/lab-approle-ttl/role/ci/secret-id-accessor/lookup', { secret_id_accessor: '{handle}' }),
    write('auth/lab-approle-ttl/role/ci/secret-id', { ttl: '25h' }),
    write('auth/lab-approle-ttl/role/ci/secret-id', { metadata: 'no json' }),
    write('auth/lab-approle-ttl/role/ci/secret-id', { metadata: '{"count":1}' }),
    write('auth/lab-approle-ttl/role/ci/secret-id-accessor/destroy', { secret_id_accessor: '{handle}' }),
    write('auth/lab-approle-ttl/role/ci/secret-id-accessor/destroy', { secret_id_accessor: '{handle}' }),
    write('auth/lab-approle-ttl/role/ci', { secret_id_ttl: 0 }),
    {
      ...write('auth/lab-approle-ttl/role/ci/secret-id', {}),
      keep: { everlasting: ['data', 'secret_id_accessor'], proof: ['data', 'secret_id'] },
    },
    write('auth/lab-approle-ttl/role/ci/secret-id-accessor/lookup', { secret_id_accessor: '{everlasting}' }),
    {
      ...write('auth/lab-approle-ttl/role/ci/secret-id', { ttl: '1h' }),
      keep: { bounded: ['data', 'secret_id_accessor'], other: ['data', 'secret_id'] },
    },
  ],
  'jwt-config': [
    enabled('lab-jwt', 'jwt'),
    read('auth/lab-jwt/config'),
    write('auth/lab-jwt/config', {}),
    write('auth/lab-jwt/config', { jwt_validation_pubkeys: [publicKey], bound_issuer: 'https://ci.example' }),
    read('auth/lab-jwt/config'),
    write('auth/lab-jwt/config', { jwt_validation_pubkeys: [publicKey], default_role: 'ci' }),
    read('auth/lab-jwt/config'),
    write('auth/lab-jwt/config', { jwt_validation_pubkeys: ['no key'] }),
    write('auth/lab-jwt/config', { jwt_validation_pubkeys: [publicKey], jwks_url: 'https://ci.example/keys' }),
    write('auth/lab-jwt/config', { oidc_discovery_url: '{address}/v1/identity/oidc' }),
    read('auth/lab-jwt/config'),
  ],
  'oidc-config': [
    enabled('lab-oidc', 'oidc'),
    write('auth/lab-oidc/config', { oidc_discovery_url: '{address}/v1/identity/oidc', oidc_client_id: 'vault' }),
    write('auth/lab-oidc/config', { oidc_discovery_url: '{address}/v1/identity/oidc', oidc_client_secret: 'a-secret' }),
    write('auth/lab-oidc/config', {
      jwt_validation_pubkeys: [publicKey],
      oidc_client_id: 'vault',
      oidc_client_secret: 'a-secret',
    }),
    write('auth/lab-oidc/config', {
      oidc_discovery_url: '{address}/v1/identity/oidc',
      oidc_client_id: 'vault',
      oidc_client_secret: 'a-secret',
      default_role: 'people',
    }),
    read('auth/lab-oidc/config'),
    write('auth/lab-oidc/config', { oidc_discovery_url: '{address}/v1/identity/oidc' }),
    read('auth/lab-oidc/config'),
  ],
  'oidc-role': [
    enabled('lab-oidc-role', 'oidc'),
    write('auth/lab-oidc-role/role/People', {
      role_type: 'oidc',
      user_claim: 'email',
      allowed_redirect_uris: ['https://cli.lab.example/oidc/callback'],
      oidc_scopes: ['profile', 'groups'],
      groups_claim: 'groups',
      bound_claims: { hd: 'lab.example' },
      token_policies: ['people'],
    }),
    read('auth/lab-oidc-role/role/People'),
    write('auth/lab-oidc-role/role/people', { role_type: 'oidc', oidc_scopes: [] }),
    read('auth/lab-oidc-role/role/people'),
    write('auth/lab-oidc-role/role/people', { role_type: 'oidc', allowed_redirect_uris: [] }),
    write('auth/lab-oidc-role/role/odd', { role_type: 'oidc', user_claim: 'sub', allowed_redirect_uris: ['no url'] }),
    write('auth/lab-oidc-role/role/people', { role_type: 'jwt', allowed_redirect_uris: [], bound_claims: { a: 'b' } }),
    read('auth/lab-oidc-role/role/people'),
  ],
  'jwt-role': [
    enabled('lab-jwt-role', 'jwt'),
    write('auth/lab-jwt-role/role/CI', {
      role_type: 'jwt',
      user_claim: 'sub',
      bound_audiences: ['vault'],
      bound_claims: { repository: ['lab'], ref: 'main' },
      token_policies: ['ci'],
    }),
    read('auth/lab-jwt-role/role/CI'),
    read('auth/lab-jwt-role/role/ci'),
    write('auth/lab-jwt-role/role/CI', { role_type: 'jwt', bound_subject: 'job', bound_claims: {} }),
    read('auth/lab-jwt-role/role/CI'),
    write('auth/lab-jwt-role/role/open', { role_type: 'jwt', user_claim: 'sub' }),
    write('auth/lab-jwt-role/role/nobody', { role_type: 'jwt', bound_audiences: ['vault'] }),
    write('auth/lab-jwt-role/role/people', { user_claim: 'sub', bound_audiences: ['vault'] }),
    write('auth/lab-jwt-role/role/odd', {
      role_type: 'jwt',
      user_claim: 'sub',
      bound_audiences: ['vault'],
      bound_claims_type: 'regex',
    }),
    write('auth/lab-jwt-role/role/CI', { role_type: 'jwt', bound_claims_type: 'glob', groups_claim: 'groups' }),
    read('auth/lab-jwt-role/role/CI'),
    write('auth/lab-jwt-role/role/CI', { role_type: 'jwt', token_ttl: '5m' }),
    read('auth/lab-jwt-role/role/CI'),
    write('auth/lab-jwt-role/role/CI', { token_ttl: '5m' }),
    { method: 'GET', path: 'auth/lab-jwt-role/role?list=true' },
    remove('auth/lab-jwt-role/role/CI'),
    remove('auth/lab-jwt-role/role/CI'),
    read('auth/lab-jwt-role/role/CI'),
  ],
  'jwt-login': [
    enabled('lab-jwt-login', 'jwt'),
    { ...write('auth/lab-jwt-login/login', { role: 'ci', jwt: ofMain }), token: '' },
    write('auth/lab-jwt-login/config', { jwt_validation_pubkeys: [publicKey], bound_issuer: 'https://ci.example' }),
    { ...write('auth/lab-jwt-login/login', { role: 'ci', jwt: ofMain }), token: '' },
    write('auth/lab-jwt-login/role/ci', {
      role_type: 'jwt',
      user_claim: 'sub',
      bound_audiences: ['vault'],
      bound_claims: { ref: ['refs/heads/main'] },
      claim_mappings: { ref: 'ref' },
      token_policies: ['ci'],
      token_ttl: '10m',
    }),
    { ...write('auth/lab-jwt-login/login', { role: 'ci', jwt: ofMain }), token: '' },
    { ...write('auth/lab-jwt-login/login', { role: 'ci', jwt: ofAnotherBranch }), token: '' },
    { ...write('auth/lab-jwt-login/login', { role: 'ci', jwt: forAnotherAudience }), token: '' },
    { ...write('auth/lab-jwt-login/login', { role: 'ci', jwt: ofAnotherIssuer }), token: '' },
    { ...write('auth/lab-jwt-login/login', { role: 'ci', jwt: 'no token' }), token: '' },
    { ...write('auth/lab-jwt-login/login', { role: 'ci' }), token: '' },
    { ...write('auth/lab-jwt-login/login', { jwt: ofMain }), token: '' },
  ],
} satisfies Record<string, Scenario>;
