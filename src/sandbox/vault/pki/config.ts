import { parseDuration } from '../duration.ts';
import type { Call } from '../endpoint.ts';
import type { Values } from '../fields.ts';
import { found, type Result, refused } from '../result.ts';
import { wrongUrl } from './issuer-store.ts';
import { findIssuer, noIssuer, storeOf } from './store.ts';

/** What `config/urls` takes. */
export const urlFields = {
  issuing_certificates: 'commaList',
  crl_distribution_points: 'commaList',
  delta_crl_distribution_points: 'commaList',
  ocsp_servers: 'commaList',
  enable_templating: 'bool',
} as const;

/** Changes what is named. */
export const writeUrls = (call: Call, given: Values<typeof urlFields>): Result => {
  const store = storeOf(call);
  const urls = { ...store.urls, ...given };
  const complaint = urls.enable_templating ? undefined : wrongUrl(urls);
  if (complaint !== undefined) return refused(400, complaint);
  store.urls = urls;
  call.vault.changed();
  const alone = urls.delta_crl_distribution_points.length > 0 && urls.crl_distribution_points.length === 0;
  const remark = `delta_crl_distribution_points were set: ${urls.delta_crl_distribution_points.join(', ')} but not crl_distribution_points, consider setting crl_distribution_points`;
  return { is: 'data', status: 200, data: urls, ...(alone ? { warnings: [remark] } : {}) };
};

/** What `config/crl` takes. Durations stay the text that they are. */
export const crlFields = {
  expiry: 'string',
  disable: 'bool',
  ocsp_disable: 'bool',
  ocsp_expiry: 'string',
  auto_rebuild: 'bool',
  auto_rebuild_grace_period: 'string',
  enable_delta: 'bool',
  delta_rebuild_interval: 'string',
  cross_cluster_revocation: 'bool',
  unified_crl: 'bool',
  unified_crl_on_existing_paths: 'bool',
  max_crl_entries: 'int',
} as const;

const durations = ['expiry', 'ocsp_expiry', 'auto_rebuild_grace_period', 'delta_rebuild_interval'] as const;

/** Changes what is named, if all of it fits together then. */
export const writeCrl = (call: Call, given: Values<typeof crlFields>): Result => {
  const store = storeOf(call);
  for (const field of durations) {
    const parsed = parseDuration(given[field] ?? '');
    if (!parsed.ok) return refused(400, `given ${field} could not be decoded: ${parsed.error}`);
  }
  const { max_crl_entries: entries, ...others } = given;
  const counted = entries === -1 || (entries ?? 0) > 0 ? { max_crl_entries: entries } : {};
  const wanted: Readonly<Record<string, unknown>> = { ...store.crl, ...others, ...counted };
  const complaint = crlComplaint(wanted);
  if (complaint !== undefined) return refused(400, complaint);
  store.crl = wanted;
  call.vault.changed();
  return found(wanted);
};

const secondsOf = (value: unknown): number => {
  const parsed = parseDuration(typeof value === 'string' ? value : '');
  return parsed.ok ? parsed.seconds : 0;
};

const crlComplaint = (crl: Readonly<Record<string, unknown>>): string | undefined => {
  const [expiry, grace, delta] = [crl['expiry'], crl['auto_rebuild_grace_period'], crl['delta_rebuild_interval']];
  if (crl['auto_rebuild'] === true && secondsOf(grace) >= secondsOf(expiry)) {
    return `CRL auto-rebuilding grace period (${String(grace)}) must be strictly shorter than CRL expiry (${String(expiry)}) value when auto-rebuilding of CRLs is enabled`;
  }
  if (crl['enable_delta'] === true && secondsOf(delta) >= secondsOf(expiry)) {
    return `CRL delta rebuild window (${String(delta)}) must be strictly shorter than CRL expiry (${String(expiry)}) value when delta CRLs are enabled`;
  }
  if (crl['auto_rebuild'] !== true && crl['enable_delta'] === true) {
    return 'Delta CRLs cannot be enabled when auto rebuilding is disabled as the complete CRL is always regenerated!';
  }
  return crl['unified_crl'] === true ? 'unified_crl can only be enabled on Vault Enterprise' : undefined;
};

/** Which issuer signs where none is named. */
export const readIssuers = (call: Call): Result => {
  const { defaultIssuer, followsLatest } = storeOf(call);
  return found({ default: defaultIssuer, default_follows_latest_issuer: followsLatest });
};

/** What `config/issuers` takes. */
export const issuersFields = { default: 'string', default_follows_latest_issuer: 'bool' } as const;

/** Chooses it. */
export const writeIssuers = (call: Call, given: Values<typeof issuersFields>): Result => {
  const store = storeOf(call);
  const { default: reference = '' } = given;
  if (reference === '' || reference === 'default') {
    return refused(400, "Invalid issuer specification; must be non-empty and can't be 'default'.");
  }
  const issuer = findIssuer(store, reference);
  if (issuer === undefined) return refused(400, `Error resolving issuer reference: ${noIssuer(reference)}`);
  store.defaultIssuer = issuer.id;
  store.followsLatest = given.default_follows_latest_issuer ?? store.followsLatest;
  call.vault.changed();
  return readIssuers(call);
};
