import { createPublicKey, X509Certificate } from 'node:crypto';
import { describeSettings, emptySettings, mergeSettings, tokenFields } from '../auth/token-settings.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import type { Values } from '../fields.ts';
import { absent, done, doneWith, found, namesOf, type Result, refused } from '../result.ts';
import type { KubernetesRole } from './content.ts';
import { methodOf, roleOf } from './store.ts';

const configFields = {
  kubernetes_host: 'string',
  kubernetes_ca_cert: 'string',
  token_reviewer_jwt: 'string',
  pem_keys: 'commaList',
  issuer: 'string',
  disable_iss_validation: 'bool',
  disable_local_ca_jwt: 'bool',
  use_annotations_as_alias_metadata: 'bool',
} as const;

/** Replaces the whole configuration: what is not named is gone. */
const writeConfig = (call: Call, given: Values<typeof configFields>): Result => {
  const { kubernetes_host: host = '', kubernetes_ca_cert: ca = '', pem_keys: pemKeys = [] } = given;
  if (host === '') return refused(400, 'no host provided');
  if (ca !== '' && !isCertificate(ca)) return refused(400, 'The provided CA PEM data contains no valid certificates');
  if (!pemKeys.every(isPublicKey)) return refused(400, 'data does not contain any valid RSA or ECDSA public keys');
  if (ca === '' && given.disable_local_ca_jwt !== true && call.vault.podToken === undefined) {
    return refused(400, 'open /var/run/secrets/kubernetes.io/serviceaccount/ca.crt: no such file or directory');
  }
  methodOf(call).config = {
    host,
    ca,
    pemKeys,
    reviewerJwt: given.token_reviewer_jwt ?? '',
    issuer: given.issuer ?? '',
    disableIssValidation: given.disable_iss_validation ?? true,
    disableLocalCaJwt: given.disable_local_ca_jwt ?? false,
    useAnnotations: given.use_annotations_as_alias_metadata ?? false,
  };
  call.vault.changed();
  return done;
};

const parses = (parse: (text: string) => unknown) => (text: string) => {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
};

const isCertificate = parses((text) => new X509Certificate(text));
const isPublicKey = parses(createPublicKey);

const readConfig = (call: Call): Result => {
  const { config } = methodOf(call);
  if (config === undefined) return absent;
  return found({
    disable_iss_validation: config.disableIssValidation,
    disable_local_ca_jwt: config.disableLocalCaJwt,
    issuer: config.issuer,
    kubernetes_ca_cert: config.ca,
    kubernetes_host: config.host,
    pem_keys: config.pemKeys,
    token_reviewer_jwt_set: config.reviewerJwt !== '',
    use_annotations_as_alias_metadata: config.useAnnotations,
  });
};

const roleFields = {
  ...tokenFields,
  name: 'string',
  bound_service_account_names: 'commaList',
  bound_service_account_namespaces: 'commaList',
  bound_service_account_namespace_selector: 'string',
  audience: 'string',
  alias_name_source: 'string',
} as const;

const aliasNameSources = ['serviceaccount_uid', 'serviceaccount_name'];

const emptyRole: KubernetesRole = {
  ...emptySettings,
  names: [],
  namespaces: [],
  namespaceSelector: '',
  audience: '',
  aliasNameSource: 'serviceaccount_uid',
};

/** Changes the fields that are named and keeps the others. */
const writeRole = (call: Call, given: Values<typeof roleFields>): Result => {
  const name = (call.params[0] ?? '').toLowerCase();
  const was = roleOf(call, name) ?? emptyRole;
  const settings = mergeSettings(was, given);
  if (typeof settings === 'string') return refused(400, settings);
  const role: KubernetesRole = {
    ...settings,
    names: given.bound_service_account_names ?? was.names,
    namespaces: given.bound_service_account_namespaces ?? was.namespaces,
    namespaceSelector: given.bound_service_account_namespace_selector ?? was.namespaceSelector,
    audience: given.audience ?? was.audience,
    aliasNameSource: given.alias_name_source ?? was.aliasNameSource,
  };
  const complaint = complaintAbout(role);
  if (complaint !== undefined) return refused(400, complaint);
  methodOf(call).roles[name] = role;
  call.vault.changed();
  if (role.audience !== '') return done;
  return doneWith([
    `Role ${name} does not have an audience configured. While audiences are not required, consider specifying one if your use case would benefit from additional JWT claim verification.`,
  ]);
};

const complaintAbout = (role: KubernetesRole): string | undefined => {
  if (role.names.length === 0) return '"bound_service_account_names" can not be empty';
  if (role.namespaces.length === 0 && role.namespaceSelector === '') {
    return '"bound_service_account_namespaces" can not be empty if "bound_service_account_namespace_selector" is not set';
  }
  const mixed = [role.names, role.namespaces].some((names) => names.includes('*') && names.length > 1);
  if (mixed) return 'can not mix "*" with values';
  if (role.namespaceSelector !== '' && !parses(JSON.parse)(role.namespaceSelector)) {
    return 'invalid "bound_service_account_namespace_selector" configured';
  }
  if (aliasNameSources.includes(role.aliasNameSource)) return undefined;
  return `invalid alias_name_source, must be one of: ${aliasNameSources.join(', ')}`;
};

const readRole = (call: Call): Result => {
  const role = roleOf(call, call.params[0] ?? '');
  if (role === undefined) return absent;
  return found({
    ...describeSettings(role),
    alias_name_source: role.aliasNameSource,
    ...(role.audience === '' ? {} : { audience: role.audience }),
    bound_service_account_names: role.names,
    bound_service_account_namespace_selector: role.namespaceSelector,
    bound_service_account_namespaces: role.namespaces,
  });
};

/** The paths of a kubernetes auth method, save `login`. */
export const kubernetesEndpoints: readonly Endpoint[] = [
  endpoint({ pattern: /^config$/, fields: configFields, on: { read: readConfig, update: writeConfig } }),
  endpoint({
    pattern: /^role\/?$/,
    fields: {},
    on: {
      list: (call) => namesOf(Object.keys(methodOf(call).roles)),
    },
  }),
  endpoint({
    pattern: /^role\/(\w(?:[\w.-]*\w)?)$/,
    fields: roleFields,
    exists: (call) => roleOf(call, call.params[0] ?? '') !== undefined,
    on: {
      read: readRole,
      update: writeRole,
      delete: (call) => {
        delete methodOf(call).roles[(call.params[0] ?? '').toLowerCase()];
        call.vault.changed();
        return done;
      },
    },
  }),
];
