import { address } from '../../engine/address.ts';
import { reference, type Value } from '../../engine/value.ts';
import type { Namespaced } from '../schema/names.ts';
import type { KubernetesAuth, KubernetesAuthRole, VaultSection } from '../schema/vault.ts';
import { defined } from './defined.ts';
import { draft, type Found, type Given, wrong } from './draft.ts';
import { expandSecretIds } from './secret-ids.ts';
import { expandApprole, expandJwt, expandOidc } from './vault-machines.ts';

const rbac = 'rbac.authorization.k8s.io';

/** `vault.auth`: each method with its configuration and its roles, and what a login needs in the cluster. */
export function* expandAuth(given: Given, vault: VaultSection): Generator<Found> {
  for (const [mount, auth] of Object.entries(vault.auth)) {
    const path = ['vault', 'auth', mount];
    const { type, description, defaultLeaseTtl, maxLeaseTtl } = auth;
    yield draft(path, 'vault.auth-method', [mount], {
      spec: defined({ type, description, defaultLeaseTtl, maxLeaseTtl }),
    });
    yield* inMethod(given, mount, auth);
  }
  yield* expandSecretIds(given);
  yield* reviewers(given, vault);
}

function* inMethod(given: Given, mount: string, auth: VaultSection['auth'][string]): Generator<Found> {
  switch (auth.type) {
    case 'kubernetes':
      yield* configuration(given, ['vault', 'auth', mount], mount, auth);
      for (const [name, role] of Object.entries(auth.roles)) yield* expandRole(given, mount, name, role);
      return;
    case 'approle':
      return yield* expandApprole(mount, auth);
    case 'jwt':
      return yield* expandJwt(mount, auth);
    case 'oidc':
      return yield* expandOidc(given, mount, auth);
  }
}

function* configuration(given: Given, path: readonly string[], mount: string, auth: KubernetesAuth): Generator<Found> {
  if (typeof auth.reviewer !== 'string') {
    yield wrong(
      given,
      [...path, 'reviewer'],
      'a service account as reviewer is not supported yet; use vault-pod or client',
    );
  }
  if (auth.reviewer === 'client' && auth.ca === undefined) {
    yield wrong(
      given,
      path,
      'reviewer client needs ca: without it Vault would use the token and the CA of its own pod',
    );
  }
  if (auth.ca !== undefined && 'configMap' in auth.ca) {
    const { namespace, name } = auth.ca.configMap;
    yield draft([...path, 'ca'], 'kubernetes.config-map', [namespace, name], { spec: {}, ownership: 'expected' });
  }
  yield draft(path, 'vault.kubernetes-auth-config', [mount], {
    spec: defined({
      host: auth.host,
      caCert: auth.ca && certificate(auth.ca),
      disableLocalCaJwt: auth.reviewer === 'client' && auth.ca !== undefined ? true : undefined,
    }),
  });
}

const certificate = (ca: NonNullable<KubernetesAuth['ca']>): Value => {
  if ('pem' in ca) return ca.pem;
  const { namespace, name } = ca.configMap;
  return reference([{ address: address('kubernetes.config-map', namespace, name), output: `data.${ca.key}` }]);
};

// Vault binds every listed name to every listed namespace, so pairs must be a full product.
function* expandRole(given: Given, mount: string, name: string, role: KubernetesAuthRole): Generator<Found> {
  const path = ['vault', 'auth', mount, 'roles', name];
  const accounts = role.serviceAccounts;
  const stranger = unlisted(accounts);
  if (stranger !== undefined) {
    const text = `would let in ${stranger} too, because Vault combines every name with every namespace; list it, or make two roles`;
    yield wrong(given, [...path, 'serviceAccounts'], text);
  }
  yield draft(path, 'vault.kubernetes-auth-role', [mount, name], {
    spec: defined({
      serviceAccountNames: accounts.map((account) => account.name),
      serviceAccountNamespaces: accounts.map((account) => account.namespace),
      policies: role.policies,
      ttl: role.ttl,
      maxTtl: role.maxTtl,
      audience: role.audience,
    }),
    after: [address('kubernetes.object', ...bindingParts(given))],
  });
}

/** A pair of a listed name and a listed namespace that is not listed itself. */
const unlisted = (accounts: readonly Namespaced[]): string | undefined => {
  const listed = new Set(accounts.map(({ namespace, name }) => `${namespace}/${name}`));
  const names = new Set(accounts.map(({ name }) => name));
  for (const namespace of new Set(accounts.map((account) => account.namespace))) {
    for (const name of names) if (!listed.has(`${namespace}/${name}`)) return `${namespace}/${name}`;
  }
  return undefined;
};

const bindingParts = ({ manifest, environment }: Given): string[] => [
  rbac,
  'ClusterRoleBinding',
  `lab-${manifest.name}-${environment}-vault-login`,
];

/** Who logs in with reviewer `client` asks the API server about the own token, and needs to be allowed to. */
function* reviewers(given: Given, vault: VaultSection): Generator<Found> {
  const clients = Object.entries(vault.auth).flatMap(([mount, auth]) =>
    auth.type === 'kubernetes' && auth.reviewer === 'client' ? [[mount, auth] as const] : [],
  );
  const accounts = clients.flatMap(([, { roles }]) => Object.values(roles).flatMap((role) => role.serviceAccounts));
  const subjects = [...new Map(accounts.map((account) => [`${account.namespace}/${account.name}`, account])).values()];
  const [first] = clients;
  if (first === undefined || subjects.length === 0) return;
  yield draft(['vault', 'auth', first[0], 'reviewer'], 'kubernetes.object', bindingParts(given), {
    spec: {
      object: {
        apiVersion: `${rbac}/v1`,
        roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'system:auth-delegator' },
        subjects: subjects.map((account) => ({ kind: 'ServiceAccount', ...account })),
      },
    },
  });
}
