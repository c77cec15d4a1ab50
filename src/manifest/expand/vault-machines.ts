import type { ApproleAuth, JwtAuth } from '../schema/vault-machines.ts';
import { defined } from './defined.ts';
import { draft, type Found } from './draft.ts';

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
