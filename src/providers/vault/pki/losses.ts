import type { VaultClient } from '../client.ts';
import { names } from '../listed.ts';
import { amount, told } from '../mounts/counted.ts';
import { issuersOf, keysOf } from './issuer-read.ts';

/** What dies with a PKI mount: `1 private key (int-2026), 2 issuers, 1 role, 3 certificates`. */
export const pkiLosses = async (client: VaultClient, mount: string): Promise<string | undefined> => {
  const keys = await keysOf(client, mount);
  const roles = (await client.list([mount, 'roles'], names))?.keys ?? [];
  return told([
    withNames(amount(keys.length, 'private key', 'private keys'), keys),
    amount((await issuersOf(client, mount)).length, 'issuer', 'issuers'),
    amount(roles.length, 'role', 'roles'),
    await certificates(client, mount),
  ]);
};

/** What dies with one authority: its key, if no other one has it, and who could end what it has issued. */
export const issuerLosses = async (client: VaultClient, mount: string, name: string): Promise<string | undefined> => {
  const issuers = await issuersOf(client, mount);
  const issuer = issuers.find((candidate) => candidate.name === name);
  if (issuer === undefined || issuer.keyId === '') return undefined;
  const isShared = issuers.some(({ id, keyId }) => id !== issuer.id && keyId === issuer.keyId);
  const issued = await certificates(client, mount);
  return told([
    isShared ? undefined : `the private key ${name}`,
    issued === undefined ? undefined : `nobody to revoke any of ${issued} in ${mount} that it has issued`,
  ]);
};

const withNames = (said: string | undefined, items: readonly { readonly name: string }[]): string | undefined => {
  const named = items.flatMap(({ name }) => (name === '' ? [] : [name])).toSorted();
  return said === undefined || named.length === 0 ? said : `${said} (${named.join(', ')})`;
};

const certificates = async (client: VaultClient, mount: string): Promise<string | undefined> =>
  amount((await client.list([mount, 'certs'], names))?.keys.length ?? 0, 'certificate', 'certificates');
