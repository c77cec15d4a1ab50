import { goDuration, parseDuration } from '../duration.ts';
import type { Call } from '../endpoint.ts';
import type { Values } from '../fields.ts';
import { found, type Result, refused } from '../result.ts';
import { storeOf } from './store.ts';

/** What `config/auto-tidy` takes. */
export const tidyFields = {
  enabled: 'bool',
  interval_duration: 'seconds',
  min_startup_backoff_duration: 'seconds',
  max_startup_backoff_duration: 'seconds',
  tidy_cert_store: 'bool',
  tidy_revoked_certs: 'bool',
  tidy_revoked_cert_issuer_associations: 'bool',
  safety_buffer: 'seconds',
  pause_duration: 'string',
  tidy_expired_issuers: 'bool',
  issuer_safety_buffer: 'seconds',
  tidy_move_legacy_ca_bundle: 'bool',
  tidy_revocation_queue: 'bool',
  revocation_queue_safety_buffer: 'seconds',
  tidy_cross_cluster_revoked_certs: 'bool',
  tidy_acme: 'bool',
  acme_account_safety_buffer: 'seconds',
  tidy_cert_metadata: 'bool',
  tidy_cmpv2_nonce_store: 'bool',
  maintain_stored_certificate_counts: 'bool',
  publish_stored_certificate_count_metrics: 'bool',
} as const;

const untouched = {
  acme_account_safety_buffer: 2_592_000,
  enabled: false,
  interval_duration: 43_200,
  issuer_safety_buffer: 31_536_000,
  maintain_stored_certificate_counts: false,
  max_startup_backoff_duration: 900,
  min_startup_backoff_duration: 300,
  pause_duration: '0s',
  publish_stored_certificate_count_metrics: false,
  revocation_queue_safety_buffer: 172_800,
  safety_buffer: 259_200,
  tidy_acme: false,
  tidy_cert_metadata: false,
  tidy_cert_store: false,
  tidy_cmpv2_nonce_store: false,
  tidy_cross_cluster_revoked_certs: false,
  tidy_expired_issuers: false,
  tidy_move_legacy_ca_bundle: false,
  tidy_revocation_queue: false,
  tidy_revoked_cert_issuer_associations: false,
  tidy_revoked_certs: false,
};

type Tidy = Readonly<Record<string, unknown>>;

/** How the engine tidies by itself. */
export const readTidy = (call: Call): Result => found(storeOf(call).tidy ?? untouched);

/** Changes what is named, if all of it fits together then. */
export const writeTidy = (call: Call, given: Values<typeof tidyFields>): Result => {
  const store = storeOf(call);
  const pause = parseDuration(given.pause_duration ?? '0s');
  const before: Tidy = store.tidy ?? untouched;
  const wanted: Tidy = { ...before, ...given };
  const complaint = shortComplaint(given) ?? orderComplaint(wanted) ?? bufferComplaint(given);
  if (complaint !== undefined) return refused(400, complaint);
  if (!pause.ok) return refused(400, `unable to parse given pause_duration: ${pause.error}`);
  if (pause.seconds < 0) return refused(400, 'received invalid, negative pause_duration');
  const late = enterpriseComplaint(given) ?? choreComplaint(wanted);
  if (late !== undefined) return refused(400, late);
  store.tidy = given.pause_duration === undefined ? wanted : { ...wanted, pause_duration: goDuration(pause.seconds) };
  call.vault.changed();
  return found(store.tidy);
};

const shortComplaint = (given: Values<typeof tidyFields>): string | undefined => {
  const wrong = (['min_startup_backoff_duration', 'max_startup_backoff_duration'] as const).find(
    (field) => given[field] === 0,
  );
  return wrong === undefined ? undefined : `${wrong} must be at least 1 second: parsed: 0s`;
};

const orderComplaint = (wanted: Tidy): string | undefined => {
  const [min, max] = [Number(wanted['min_startup_backoff_duration']), Number(wanted['max_startup_backoff_duration'])];
  return min > max
    ? `max_startup_backoff_duration ${goDuration(max)} must be greater or equal to min_startup_backoff_duration ${goDuration(min)}`
    : undefined;
};

// Vault calls that of issuers by the name of the other.
const buffers = {
  safety_buffer: 'safety_buffer',
  issuer_safety_buffer: 'safety_buffer',
  revocation_queue_safety_buffer: 'revocation_queue_safety_buffer',
  acme_account_safety_buffer: 'acme_account_safety_buffer',
} as const;

const bufferComplaint = (given: Values<typeof tidyFields>): string | undefined => {
  const wrong = Object.entries(buffers).find(([field]) =>
    Object.entries(given).some(([name, value]) => name === field && value === 0),
  );
  return wrong === undefined ? undefined : `given ${wrong[1]} must be at least one second; got: 0`;
};

const enterpriseComplaint = (given: Values<typeof tidyFields>): string | undefined => {
  if (given.tidy_cert_metadata === true) return 'certificate metadata is only supported on Vault Enterprise';
  return given.tidy_cmpv2_nonce_store === true ? 'CMPv2 is only supported on Vault Enterprise' : undefined;
};

const chores = [
  'tidy_cert_store',
  'tidy_revoked_certs',
  'tidy_revoked_cert_issuer_associations',
  'tidy_expired_issuers',
  'tidy_move_legacy_ca_bundle',
  'tidy_acme',
  'tidy_cross_cluster_revoked_certs',
  'tidy_revocation_queue',
  'tidy_cert_metadata',
  'tidy_cmpv2_nonce_store',
];

const choreComplaint = (wanted: Tidy): string | undefined => {
  if (wanted['enabled'] === true && chores.every((chore) => wanted[chore] !== true)) {
    return `Auto-tidy enabled but no tidy operations were requested. Enable at least one tidy operation to be run (${chores.join(' / ')}).`;
  }
  return wanted['publish_stored_certificate_count_metrics'] === true &&
    wanted['maintain_stored_certificate_counts'] !== true
    ? 'Can not publish a running storage metrics count to metrics without first maintaining that count.  Enable `maintain_stored_certificate_counts` to enable `publish_stored_certificate_count_metrics`.'
    : undefined;
};
