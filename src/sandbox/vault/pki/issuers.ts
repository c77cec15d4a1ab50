import type { Call } from '../endpoint.ts';
import type { Values } from '../fields.ts';
import { absent, type Data, found, type Result, refused, together } from '../result.ts';
import type { Issuer, PkiStore } from './content.ts';
import { chainOf, everyUsage, urlNames, wrongUrl } from './issuer-store.ts';
import { type Found, findIssuer, nameComplaint, noIssuer, storeOf } from './store.ts';

/** What can be changed of an issuer. */
export const issuerFields = {
  issuer_name: 'string',
  leaf_not_after_behavior: 'string',
  usage: 'commaList',
  revocation_signature_algorithm: 'string',
  issuing_certificates: 'commaList',
  crl_distribution_points: 'commaList',
  delta_crl_distribution_points: 'commaList',
  ocsp_servers: 'commaList',
} as const;

const missing = (reference: string): Result => refused(500, together([noIssuer(reference)]));

/** The issuers by their ids. */
export const listIssuers = (call: Call): Result => {
  const { issuers, defaultIssuer } = storeOf(call);
  const keys = Object.keys(issuers).toSorted();
  if (keys.length === 0) return absent;
  const info = Object.entries(issuers).map(([id, { name, keyId, serial }]) => [
    id,
    { is_default: id === defaultIssuer, issuer_name: name, key_id: keyId, serial_number: serial },
  ]);
  return found({ key_info: Object.fromEntries(info), keys });
};

const describe = (store: PkiStore, { id, value: issuer }: Found<Issuer>): Data => ({
  ca_chain: chainOf(store, issuer),
  certificate: issuer.certificate,
  crl_distribution_points: issuer.urls === undefined ? [] : issuer.urls.crl_distribution_points,
  delta_crl_distribution_points: issuer.urls === undefined ? [] : issuer.urls.delta_crl_distribution_points,
  enable_aia_url_templating: false,
  issuer_id: id,
  issuer_name: issuer.name,
  issuing_certificates: issuer.urls === undefined ? [] : issuer.urls.issuing_certificates,
  key_id: issuer.keyId,
  leaf_not_after_behavior: issuer.leafNotAfter,
  manual_chain: null,
  ocsp_servers: issuer.urls === undefined ? [] : issuer.urls.ocsp_servers,
  revocation_signature_algorithm: issuer.revocationSignature,
  revoked: false,
  usage: issuer.usage.join(','),
});

/** One issuer. Vault answers 500 where it is not there. */
export const readIssuer = (call: Call): Result => {
  const [reference = ''] = call.params;
  const issuer = findIssuer(storeOf(call), reference);
  return issuer === undefined ? missing(reference) : found(describe(storeOf(call), issuer));
};

const signatures = [
  'SHA256WithRSA',
  'SHA384WithRSA',
  'SHA512WithRSA',
  'ECDSAWithSHA256',
  'ECDSAWithSHA384',
  'ECDSAWithSHA512',
  'SHA256WithRSAPSS',
  'SHA384WithRSAPSS',
  'SHA512WithRSAPSS',
  'Ed25519',
];

type Given = Values<typeof issuerFields>;

const complaintAbout = (store: PkiStore, issuer: Found<Issuer>, given: Given): string | undefined => {
  const isTaken = (name: string) => ![undefined, issuer.id].includes(findIssuer(store, name)?.id);
  const name = nameComplaint('issuer', given.issuer_name || undefined, isTaken);
  if (name !== undefined) return name;
  if (!['err', 'truncate', 'permit', 'always_enforce_err', undefined].includes(given.leaf_not_after_behavior)) {
    return 'Unknown value for field `leaf_not_after_behavior`. Possible values are `err`, `truncate`, and `permit`.';
  }
  if (given.usage?.every((usage) => everyUsage.includes(usage)) === false) {
    return `Unable to parse specified usages: [${given.usage.join(' ')}] - valid values are ${everyUsage.join(',')}`;
  }
  return wrongUrl(given);
};

const change = (call: Call, issuer: Found<Issuer>, given: Given): Result => {
  const store = storeOf(call);
  const complaint = complaintAbout(store, issuer, given);
  if (complaint !== undefined) return refused(400, complaint);
  const { value } = issuer;
  const signature = given.revocation_signature_algorithm;
  value.name = given.issuer_name ?? value.name;
  value.leafNotAfter = given.leaf_not_after_behavior ?? value.leafNotAfter;
  value.usage = given.usage === undefined ? value.usage : [...new Set([...given.usage, 'read-only'])].toSorted();
  value.revocationSignature =
    signature === undefined
      ? value.revocationSignature
      : (signatures.find((known) => known.toLowerCase() === signature.toLowerCase()) ?? '');
  const urls = {
    issuing_certificates: given.issuing_certificates ?? value.urls?.issuing_certificates ?? null,
    crl_distribution_points: given.crl_distribution_points ?? value.urls?.crl_distribution_points ?? null,
    delta_crl_distribution_points:
      given.delta_crl_distribution_points ?? value.urls?.delta_crl_distribution_points ?? null,
    ocsp_servers: given.ocsp_servers ?? value.urls?.ocsp_servers ?? null,
  };
  if (urlNames.some((list) => (urls[list] ?? []).length > 0)) value.urls = urls;
  else delete value.urls;
  call.vault.changed();
  return found(describe(store, issuer));
};

/** PATCH: changes what is named. */
export const patchIssuer = (call: Call, given: Given): Result => {
  const [reference = ''] = call.params;
  const issuer = findIssuer(storeOf(call), reference);
  return issuer === undefined ? missing(reference) : change(call, issuer, given);
};

/** POST: what is not named goes back to its default. */
export const writeIssuer = (call: Call, given: Given): Result => {
  const [reference = ''] = call.params;
  const issuer = findIssuer(storeOf(call), reference);
  if (issuer === undefined) return missing(reference);
  return change(call, issuer, {
    issuer_name: '',
    leaf_not_after_behavior: 'err',
    usage: everyUsage,
    revocation_signature_algorithm: '',
    issuing_certificates: [],
    crl_distribution_points: [],
    delta_crl_distribution_points: [],
    ocsp_servers: [],
    ...given,
  });
};

/** Removes an issuer and leaves its key; absent already is success. */
export const deleteIssuer = (call: Call): Result => {
  const store = storeOf(call);
  const [reference = ''] = call.params;
  const issuer = findIssuer(store, reference);
  if (issuer === undefined) return { is: 'data', status: 200, data: null };
  const wasDefault = issuer.id === store.defaultIssuer;
  delete store.issuers[issuer.id];
  if (wasDefault) store.defaultIssuer = '';
  call.vault.changed();
  const used = (name: string): readonly string[] => {
    const count = Object.values(store.roles).filter((role) => role['issuer_ref'] === name).length;
    return count === 0 ? [] : [`${count} roles reference ${name}`];
  };
  const remark = `Deleted issuer ${issuer.id} (via issuer_ref ${reference}); this was configured as the default issuer. Operations without an explicit issuer will not work until a new default is configured.`;
  const { name } = issuer.value;
  const warnings = [
    ...(name === '' ? [] : used(name)),
    ...used(issuer.id),
    ...(wasDefault ? [remark, ...used('default')] : []),
  ];
  return { is: 'data', status: 200, data: null, ...(warnings.length === 0 ? {} : { warnings }) };
};
