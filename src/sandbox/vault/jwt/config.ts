import { createPublicKey } from 'node:crypto';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import type { Values } from '../fields.ts';
import { absent, done, found, type Result, refused } from '../result.ts';
import { methodOf } from './store.ts';

const configFields = {
  oidc_discovery_url: 'string',
  oidc_discovery_ca_pem: 'string',
  oidc_client_id: 'string',
  oidc_client_secret: 'string',
  jwks_url: 'string',
  jwks_ca_pem: 'string',
  jwt_validation_pubkeys: 'list',
  bound_issuer: 'string',
  default_role: 'string',
} as const;

/** Replaces the whole configuration. The sandbox asks no issuer for its keys: it dials nobody but itself. */
const write = (call: Call, given: Values<typeof configFields>): Result => {
  const {
    oidc_discovery_url: discoveryUrl = '',
    jwks_url: jwksUrl = '',
    jwt_validation_pubkeys: publicKeys = [],
  } = given;
  const sources = [discoveryUrl !== '', jwksUrl !== '', publicKeys.length > 0].filter(Boolean);
  if (sources.length !== 1) {
    return refused(
      400,
      "exactly one of 'jwt_validation_pubkeys', 'jwks_url', 'jwks_pairs' or 'oidc_discovery_url' must be set",
    );
  }
  if (((given.oidc_client_id ?? '') === '') !== ((given.oidc_client_secret ?? '') === '')) {
    return refused(400, "both 'oidc_client_id' and 'oidc_client_secret' must be set for OIDC");
  }
  if (discoveryUrl === '' && (given.oidc_client_id ?? '') !== '') {
    return refused(400, "'oidc_discovery_url' must be set for OIDC");
  }
  if (!publicKeys.every(isPublicKey)) {
    return refused(400, 'error parsing public key: data does not contain any valid public keys');
  }
  methodOf(call).config = {
    discoveryUrl,
    discoveryCa: given.oidc_discovery_ca_pem ?? '',
    clientId: given.oidc_client_id ?? '',
    jwksUrl,
    jwksCa: given.jwks_ca_pem ?? '',
    publicKeys,
    issuer: given.bound_issuer ?? '',
    defaultRole: given.default_role ?? '',
  };
  call.vault.changed();
  return done;
};

const isPublicKey = (text: string): boolean => {
  try {
    createPublicKey(text);
    return true;
  } catch {
    return false;
  }
};

const read = (call: Call): Result => {
  const { config } = methodOf(call);
  if (config === undefined) return absent;
  return found({
    bound_issuer: config.issuer,
    default_role: config.defaultRole,
    jwks_ca_pem: config.jwksCa,
    jwks_pairs: [],
    jwks_url: config.jwksUrl,
    jwt_supported_algs: [],
    jwt_validation_pubkeys: config.publicKeys,
    namespace_in_state: true,
    oidc_client_id: config.clientId,
    oidc_discovery_ca_pem: config.discoveryCa,
    oidc_discovery_url: config.discoveryUrl,
    oidc_response_mode: '',
    oidc_response_types: [],
    provider_config: {},
    unsupported_critical_cert_extensions: [],
  });
};

/** `config` of an auth method of type jwt or oidc. */
export const jwtConfigEndpoints: readonly Endpoint[] = [
  endpoint({ pattern: /^config$/, fields: configFields, on: { read, update: write } }),
];
