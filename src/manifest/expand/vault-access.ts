import type { VaultSection } from '../schema/vault.ts';
import type { AuditDevice, Group } from '../schema/vault-access.ts';
import { defined } from './defined.ts';
import { draft, type Found, type Given, warning } from './draft.ts';
import { hclOf } from './policy-text.ts';

/** `vault.audit`: the devices, which come before everything else that lab does in Vault. */
export function* expandAudit(given: Given, { audit }: VaultSection): Generator<Found> {
  const devices = Object.entries(audit);
  for (const [path, device] of devices) {
    yield draft(['vault', 'audit', path], 'vault.audit-device', [path], { spec: auditSpec(device) });
  }
  if (devices.length === 1) {
    yield warning(
      given,
      ['vault', 'audit'],
      'ONE_AUDIT_DEVICE',
      'Vault answers no request that it cannot log, so with one audit device a full disk stops it; declare a second',
    );
  }
}

const auditSpec = ({ type, path, description, options }: AuditDevice) =>
  defined({ type, description, options: { ...options, ...(path === undefined ? {} : { file_path: path }) } });

/** `vault.passwordPolicies` and `vault.groups`. */
export function* expandAccess(given: Given, { passwordPolicies, groups }: VaultSection): Generator<Found> {
  for (const [name, policy] of Object.entries(passwordPolicies)) {
    const hcl = hclOf(given, policy);
    if (hcl === undefined) continue;
    yield draft(['vault', 'passwordPolicies', name], 'vault.password-policy', [name], { spec: { hcl } });
  }
  for (const [name, group] of Object.entries(groups)) yield* expandGroup(name, group);
}

function* expandGroup(name: string, { policies, metadata, alias }: Group): Generator<Found> {
  const path = ['vault', 'groups', name];
  const type = alias === undefined ? 'internal' : 'external';
  yield draft(path, 'vault.identity-group', [name], { spec: defined({ type, policies, metadata }) });
  if (alias !== undefined) yield draft([...path, 'alias'], 'vault.identity-group-alias', [name], { spec: alias });
}
