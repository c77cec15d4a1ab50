import { address } from '../../../engine/address.ts';
import type { Mailbox } from '../../../engine/ports.ts';
import { LabError } from '../../../errors.ts';
import type { VaultClient } from '../client.ts';
import { trimSlashes } from '../path.ts';
import { roleName } from '../role-name.ts';
import { openFileMailbox } from './file-mailbox.ts';

// Where a SecretID goes, from the parts of its address: MOUNT, ROLE, and then provider, place and name of a secret, or
// `file` and a path in the manifest's folder.

/** Whether it goes into a file, where a token that has it once lies in its stead. */
export const isWrapped = ([, , provider]: readonly string[]): boolean => provider === 'file';

/** Its identity. */
export const deliveryId = ([
  mount = '',
  role = '',
  provider = '',
  place = '',
  name = '',
]: readonly string[]): string[] => {
  const whose = [trimSlashes(mount), roleName(role).toLowerCase()];
  if (provider === 'file') return [...whose, provider, place];
  if (!Object.hasOwn(secretKinds, provider)) {
    throw new LabError('BAD_MANIFEST', `a SecretID cannot be delivered to "${provider}"`, {
      next: 'Use kubernetes/NAMESPACE/SECRET, azure/VAULT/SECRET, aws/REGION/SECRET or file/PATH.',
    });
  }
  // Azure takes no notice of case.
  const secret = provider === 'azure' ? [place.toLowerCase(), name.toLowerCase()] : [place, name];
  return [...whose, provider, ...secret];
};

/** The mailbox of an identity. */
export const mailboxOf = async (client: VaultClient, id: readonly string[]): Promise<Mailbox> => {
  const [, , provider = '', place = '', name = ''] = id;
  return isWrapped(id) ? openFileMailbox(client.files, place) : client.mailbox(provider, place, name);
};

/** Address of the secret that it lies in; undefined for a file. */
export const secretOf = (id: readonly string[]): string | undefined => {
  const [, , provider = '', place = '', name = ''] = id;
  return isWrapped(id) ? undefined : address(secretKinds[provider] ?? '', place, name);
};

const secretKinds: Readonly<Record<string, string>> = {
  kubernetes: 'kubernetes.secret',
  azure: 'azure.key-vault-secret',
  aws: 'aws.secrets-manager-secret',
};

/** What it lies in, and what else lets lab write there. */
export const comesBefore = ([, , provider, place = '']: readonly string[]): string[] => {
  if (provider === 'kubernetes') return [address('kubernetes.namespace', place)];
  return provider === 'azure' ? [address('azure.key-vault', place)] : [];
};

/** Gates of the place. */
export const placeGates = ([, , provider, place = '']: readonly string[]): string[] =>
  provider === 'azure' ? [`azure.entry/${place}`] : [];
