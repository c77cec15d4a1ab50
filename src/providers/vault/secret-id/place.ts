import { address } from '../../../engine/address.ts';
import type { Mailbox } from '../../../engine/ports.ts';
import { LabError } from '../../../errors.ts';
import type { VaultClient } from '../client.ts';
import { trimSlashes } from '../path.ts';
import { roleName } from '../role-name.ts';

// Where a SecretID goes, from the parts of its address: MOUNT, ROLE, and then provider, place and name of a secret.

/** Its identity. */
export const deliveryId = ([
  mount = '',
  role = '',
  provider = '',
  place = '',
  name = '',
]: readonly string[]): string[] => {
  if (!['kubernetes', 'azure', 'aws'].includes(provider)) {
    throw new LabError('BAD_MANIFEST', `a SecretID cannot be delivered to "${provider}"`, {
      next: 'Use kubernetes/NAMESPACE/SECRET, azure/VAULT/SECRET or aws/REGION/SECRET.',
    });
  }
  // Azure takes no notice of case.
  const secret = provider === 'azure' ? [place.toLowerCase(), name.toLowerCase()] : [place, name];
  return [trimSlashes(mount), roleName(role).toLowerCase(), provider, ...secret];
};

/** The mailbox of an identity. */
export const mailboxOf = (
  client: VaultClient,
  [, , provider = '', place = '', name = '']: readonly string[],
): Promise<Mailbox> => client.mailbox(provider, place, name);

/** The address of the secret that it is delivered into. */
export const deliveredTo = ([, , provider = '', place = '', name = '']: readonly string[]): string => {
  const kinds: Readonly<Record<string, string>> = {
    azure: 'azure.key-vault-secret',
    aws: 'aws.secrets-manager-secret',
  };
  return address(kinds[provider] ?? 'kubernetes.secret', place, name);
};

/** What it lies in, and what else lets lab write there. */
export const comesBefore = ([, , provider, place = '']: readonly string[]): string[] => {
  if (provider === 'kubernetes') return [address('kubernetes.namespace', place)];
  return provider === 'azure' ? [address('azure.key-vault', place)] : [];
};

/** Gates of the place. */
export const placeGates = ([, , provider, place = '']: readonly string[]): string[] =>
  provider === 'azure' ? [`azure.entry/${place}`] : [];
