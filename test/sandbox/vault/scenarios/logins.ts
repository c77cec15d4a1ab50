import { type Request, read, type Scenario, write } from './scenario.ts';

const enabled = (mount: string, type: string): Request => write(`sys/auth/${mount}`, { type });

const cluster = { kubernetes_host: 'https://kubernetes.example', disable_local_ca_jwt: true };

/** Login methods, their roles, groups and quotas. */
export const logins = {
  'kubernetes-reviewer': [
    enabled('k8s-reviewer', 'kubernetes'),
    write('auth/k8s-reviewer/config', { ...cluster, token_reviewer_jwt: 'a.b.c' }),
    read('auth/k8s-reviewer/config'),
    write('auth/k8s-reviewer/config', cluster),
    read('auth/k8s-reviewer/config'),
  ],
  'kubernetes-role-names': [
    enabled('k8s-role', 'kubernetes'),
    write('auth/k8s-role/role/Web', {
      bound_service_account_names: 'a, b',
      bound_service_account_namespaces: 'team',
      audience: 'vault',
    }),
    { method: 'GET', path: 'auth/k8s-role/role?list=true' },
    read('auth/k8s-role/role/Web'),
  ],
  'approle-token-type': [
    enabled('approle-type', 'approle'),
    write('auth/approle-type/role/ci', { token_type: 'default-service' }),
    read('auth/approle-type/role/ci'),
  ],
  'approle-networks': [
    enabled('approle-networks', 'approle'),
    write('auth/approle-networks/role/ci', {
      token_bound_cidrs: ['10.0.0.1/32'],
      secret_id_bound_cidrs: ['10.0.0.1/32'],
    }),
    read('auth/approle-networks/role/ci'),
  ],
  'role-old-policies': [
    enabled('approle-old', 'approle'),
    write('auth/approle-old/role/r', { policies: ['B', 'a'] }),
    read('auth/approle-old/role/r'),
  ],
  'jwt-client-secret': [
    enabled('jwt-secret', 'jwt'),
    write('auth/jwt-secret/config', {
      // Vault is an issuer itself: no other has to run.
      oidc_discovery_url: '{address}/v1/identity/oidc',
      oidc_client_id: 'lab',
      oidc_client_secret: 'written-only',
    }),
    read('auth/jwt-secret/config'),
  ],
  'group-policies': [
    write('identity/group/name/g', { policies: ['Dev', 'Dev'], type: 'external' }),
    read('identity/group/name/g'),
  ],
  'quota-interval': [write('sys/quotas/rate-limit/q', { rate: 1000 }), read('sys/quotas/rate-limit/q')],
} satisfies Record<string, Scenario>;
