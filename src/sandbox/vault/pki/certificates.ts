import type { Call } from '../endpoint.ts';
import type { Values } from '../fields.ts';
import { absent, found, namesOf, type Result, refused } from '../result.ts';
import { storeOf } from './store.ts';

/** A time as Vault writes it. */
export const spell = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z');

/** The serial numbers of what was issued and signed. */
export const listCertificates = (call: Call): Result => namesOf(Object.keys(storeOf(call).certificates));

const normal = (serial: string): string => serial.toLowerCase().replaceAll('-', ':');

/** One certificate and whether it is revoked. */
export const readCertificate = (call: Call): Result => {
  const stored = storeOf(call).certificates[normal(call.params[0] ?? '')];
  if (stored === undefined) return absent;
  return found({
    authority_key_id: stored.authorityKeyId,
    certificate: stored.certificate,
    ...(stored.revokedAt === undefined ? {} : { issuer_id: stored.issuerId }),
    revocation_time: stored.revokedAt ?? 0,
    revocation_time_rfc3339: stored.revokedAt === undefined ? '' : spell(new Date(stored.revokedAt * 1000)),
  });
};

/** What `revoke` takes. */
export const revokeFields = { serial_number: 'string', certificate: 'string' } as const;

/** Revokes a certificate; a second time changes nothing. */
export const revoke = (call: Call, { serial_number: serial = '' }: Values<typeof revokeFields>): Result => {
  if (serial === '') return refused(400, 'The serial number or certificate to revoke must be provided.');
  const stored = storeOf(call).certificates[normal(serial)];
  if (stored === undefined) return refused(400, `certificate with serial ${normal(serial)} not found.`);
  stored.revokedAt ??= Math.floor(Date.now() / 1000);
  call.vault.changed();
  return found({
    revocation_time: stored.revokedAt,
    revocation_time_rfc3339: spell(new Date(stored.revokedAt * 1000)),
    state: 'revoked',
  });
};
