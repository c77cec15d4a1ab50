import { fromSource } from '../../secrets/source.ts';
import { placeOf } from '../complaint.ts';
import type { ApproleAuth, JwtAuth, OidcAuth } from '../schema/vault-machines.ts';
import { originOf } from '../yaml/tree.ts';
import { defined } from './defined.ts';
import { draft, type Found, type Given, wrong } from './draft.ts';

/** The roles of an auth method of type approle. */
export function* expandApprole(mount: string, { roles }: ApproleAuth): Generator<Found> {
  for (const [name, { secretId = {}, ...tokens }] of Object.entries(roles)) {
    const { ttl: secretIdTtl, uses: secretIdUses, networks: secretIdNetworks } = secretId;
    yield draft(['vault', 'auth', mount, 'roles', name], 'vault.approle-role', [mount, name], {
      spec: defined({ ...tokens, secretIdTtl, secretIdUses, secretIdNetworks }),
    });
  }
}

/** Whom an auth method of type jwt believes, and its roles. */
export function* expandJwt(mount: string, { ca, roles, ...auth }: JwtAuth): Generator<Found> {
  const { discoveryUrl, jwksUrl, publicKeys, issuer, defaultRole } = auth;
  yield draft(['vault', 'auth', mount], 'vault.jwt-auth-config', [mount], {
    spec: defined({ discoveryUrl, jwksUrl, publicKeys, caCert: ca?.pem, issuer, defaultRole }),
  });
  for (const [name, role] of Object.entries(roles)) {
    yield draft(['vault', 'auth', mount, 'roles', name], 'vault.jwt-auth-role', [mount, name], { spec: defined(role) });
  }
}

/** The provider that people log in at, and their roles. */
export function* expandOidc(given: Given, mount: string, { ca, roles, ...auth }: OidcAuth): Generator<Found> {
  const { discoveryUrl, clientId, clientSecret, issuer, defaultRole } = auth;
  const path = ['vault', 'auth', mount];
  const at = placeOf(originOf(given.tree, [...path, 'clientSecret', clientSecret.from]));
  const secret = fromSource({ source: clientSecret, onMissingSource: 'keep', onExternalChange: 'keep', at });
  if (defaultRole !== undefined && !Object.hasOwn(roles, defaultRole)) {
    yield wrong(given, [...path, 'defaultRole'], `roles has no entry ${defaultRole}`);
  }
  yield draft(path, 'vault.jwt-auth-config', [mount], {
    spec: defined({ discoveryUrl, clientId, clientSecret: secret, caCert: ca?.pem, issuer, defaultRole }),
  });
  for (const [name, role] of Object.entries(roles)) {
    yield draft([...path, 'roles', name], 'vault.jwt-auth-role', [mount, name], {
      spec: defined({ type: 'oidc', ...role }),
    });
  }
}
