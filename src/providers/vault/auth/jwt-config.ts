import { generateKeyPairSync } from 'node:crypto';
import { z } from 'zod';
import { address } from '../../../engine/address.ts';
import { defineKind } from '../../../engine/define-kind.ts';
import { secretValue } from '../../../engine/fields.ts';
import { LabError } from '../../../errors.ts';
import { isSecret, type Secret } from '../../../secrets/secret.ts';
import { clearable } from '../clearable.ts';
import type { VaultClient } from '../client.ts';
import { keptForLogin } from '../login/kept.ts';
import { trimSlashes } from '../path.ts';
import { recognising } from '../recognising.ts';
import { may } from '../rights.ts';

const schema = z.strictObject({
  discoveryUrl: clearable(z.url(), '').describe(
    'The issuer, which says itself where its keys are; Vault asks it at once.',
  ),
  jwksUrl: clearable(z.url(), '').describe('Where the keys are; Vault asks there at once.'),
  publicKeys: z.array(z.string().trim()).optional().describe('The keys themselves, as PEM.'),
  caCert: clearable(z.string().trim(), '').describe(
    'PEM of what signs the certificate of that address; default: what Vault trusts.',
  ),
  issuer: clearable(z.string(), '').describe('The `iss` that tokens must have.'),
  defaultRole: clearable(z.string(), '').describe('The role of a login that names none.'),
  clientId: clearable(z.string(), '').describe('What Vault is called at the provider that people log in at.'),
  clientSecret: secretValue().optional().describe('How Vault proves to be that client.'),
});

// What a write would reset, and lab does not manage.
const unmanaged = z.object({
  provider_config: z.record(z.string(), z.unknown()).nullish(),
  oidc_response_mode: z.string().nullish(),
  oidc_response_types: z.array(z.string()).nullish(),
  jwt_supported_algs: z.array(z.string()).nullish(),
});

const answer = z.object({
  oidc_discovery_url: z.string(),
  oidc_discovery_ca_pem: z.string(),
  oidc_client_id: z.string(),
  jwks_url: z.string(),
  jwks_ca_pem: z.string(),
  jwt_validation_pubkeys: z.array(z.string()).nullish(),
  bound_issuer: z.string(),
  default_role: z.string(),
  ...unmanaged.shape,
});

const words = {
  discoveryUrl: 'oidc_discovery_url',
  jwksUrl: 'jwks_url',
  publicKeys: 'jwt_validation_pubkeys',
  caCert: 'oidc_discovery_ca_pem',
  issuer: 'bound_issuer',
  defaultRole: 'default_role',
  clientId: 'oidc_client_id',
  clientSecret: 'oidc_client_secret',
};

// The issuer of a configuration that lab removed.
const nobody = 'removed by lab';

const keySources = ['discoveryUrl', 'jwksUrl', 'publicKeys'] as const;

const trimmed = (keys: readonly string[]): string[] => keys.map((key) => key.trim());

/** Whose tokens an auth method of type jwt or oidc believes, and who Vault is where people log in. A write replaces all of it. */
export const jwtAuthConfig = defineKind<typeof schema.shape, VaultClient>({
  kind: 'vault.jwt-auth-config',
  parts: [['MOUNT']],
  schema,
  fields: {
    discoveryUrl: { unset: '', reference: true, grant: true },
    jwksUrl: { unset: '', reference: true, grant: true },
    publicKeys: { unset: [], grant: true, exact: true },
    caCert: { unset: '', reference: true },
    issuer: { unset: '', reference: true, grant: true },
    defaultRole: { unset: '' },
    clientId: { unset: '', reference: true },
    clientSecret: { secret: true, writeOnly: true },
  },
  ownership: 'whole',
  mark: 'parent',
  writes: 'replace',
  precondition: 're-read',
  identify: ([mount = '']) => [trimSlashes(mount)],
  parent: ([mount = '']) => address('vault.auth-method', mount),
  gates: () => ['vault.active'],
  rights: ([mount = '']) => ({
    plan: may(`auth/${mount}/config`, 'read'),
    apply: may(`auth/${mount}/config`, 'update'),
  }),
  check: (spec) => wrongSource(spec) ?? wrongClient(spec),
  read: async (client, [mount = '']) => {
    const live = await client.read(['auth', mount, 'config'], answer);
    // A method without configuration answers it empty.
    if (live === undefined || isEmpty(live) || live.bound_issuer === nobody) return { exists: 'no' };
    return {
      exists: 'yes',
      spec: {
        discoveryUrl: live.oidc_discovery_url,
        jwksUrl: live.jwks_url,
        publicKeys: trimmed(live.jwt_validation_pubkeys ?? []),
        caCert: (live.jwks_url === '' ? live.oidc_discovery_ca_pem : live.jwks_ca_pem).trim(),
        issuer: live.bound_issuer,
        defaultRole: live.default_role,
        clientId: live.oidc_client_id,
      },
      outputs: {},
    };
  },
  recognises: recognising(([mount = '']) => ['auth', mount, 'config'], words),
  write: async (client, { id: [mount = ''], spec }) => {
    const path = ['auth', mount, 'config'];
    const live = await client.read(path, answer);
    if (live !== undefined && live.oidc_client_id !== '' && spec.clientId === undefined) {
      throw new LabError('REJECTED', `auth/${mount} has an OIDC client, whose secret a write of lab would erase`, {
        next: 'Say clientId and clientSecret, or give machines an auth method of their own.',
      });
    }
    const ca = spec.jwksUrl ? { jwks_ca_pem: spec.caCert } : { oidc_discovery_ca_pem: spec.caCert };
    await client.write('POST', path, {
      ...othersIn(live),
      oidc_discovery_url: spec.discoveryUrl,
      jwks_url: spec.jwksUrl,
      jwt_validation_pubkeys: spec.publicKeys,
      bound_issuer: spec.issuer,
      default_role: spec.defaultRole,
      ...(spec.clientId ? { oidc_client_id: spec.clientId, oidc_client_secret: knownSecret(spec, mount) } : {}),
      ...(spec.caCert === undefined ? {} : ca),
    });
  },
  // Vault has no call for it, so what is left believes in a key that nobody has.
  keep: async (client, id) => keptForLogin(client, 'vault.jwt-auth-config', id),
  remove: async (client, [mount = '']) => {
    const path = ['auth', mount, 'config'];
    const live = await client.read(path, answer);
    if (live === undefined || isEmpty(live) || live.bound_issuer === nobody) return;
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = publicKey.export({ type: 'spki', format: 'pem' });
    await client.write('POST', path, { jwt_validation_pubkeys: [key], bound_issuer: nobody });
  },
});

const othersIn = (live: z.output<typeof answer> | undefined): object =>
  Object.fromEntries(
    Object.entries(unmanaged.parse(live ?? {})).filter(([, value]) => Object.keys(value ?? {}).length > 0),
  );

type Asked = z.output<typeof schema>;

const wrongSource = (spec: Asked): string | undefined =>
  keySources.filter((source) => (spec[source]?.length ?? 0) > 0).length === 1
    ? undefined
    : 'must have exactly one of discoveryUrl, jwksUrl and publicKeys';

const wrongClient = ({ clientId, clientSecret, discoveryUrl }: Asked): string | undefined => {
  if (Boolean(clientId) !== (clientSecret !== undefined)) return 'clientId and clientSecret need each other';
  return clientId && !discoveryUrl ? 'a client needs discoveryUrl: people log in there' : undefined;
};

/** Every write replaces the client's secret, so that none goes out without it. */
const knownSecret = ({ clientSecret }: Asked, mount: string): Secret => {
  if (isSecret(clientSecret)) return clientSecret;
  throw new LabError('MISSING_SOURCE', `A write of auth/${mount}/config has to send clientSecret again`, {
    next: 'Provide its source and run again.',
  });
};

const isEmpty = (live: z.output<typeof answer>): boolean =>
  live.oidc_discovery_url === '' && live.jwks_url === '' && (live.jwt_validation_pubkeys ?? []).length === 0;
