import type { Probe } from '../../../engine/resource.ts';
import { LabError } from '../../../errors.ts';
import type { VaultClient } from '../client.ts';

const check = 'credential';

/** Mints a credential, finds its lease, revokes it and sees that it is gone. */
export const proveRole = async (client: VaultClient, mount: string, role: string): Promise<readonly Probe[]> => {
  const minted = await mint(client, mount, role);
  if (minted.is !== 'minted') return [minted.probe];
  const { lease } = minted;
  const found = await client.leaseSeconds(lease.id);
  try {
    await client.revoke(lease.id);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    const next = `The credential lives on for ${lease.seconds} s at most; \`vault lease revoke ${lease.id}\` tries again.`;
    return [{ is: 'failed', check, expected: 'can be revoked', found: error.message, next }];
  }
  const left = await client.leaseSeconds(lease.id);
  if (found === undefined)
    return [{ is: 'failed', check, expected: 'has a lease', found: 'Vault knows no such lease' }];
  if (left !== undefined)
    return [{ is: 'failed', check, expected: 'gone once revoked', found: `lives ${left} s more` }];
  return [{ is: 'proven', check: `${check}: made for ${lease.seconds} s, revoked, gone` }];
};

type Minted =
  | { readonly is: 'minted'; readonly lease: { readonly id: string; readonly seconds: number } }
  | { readonly is: 'not'; readonly probe: Probe };

const mint = async (client: VaultClient, mount: string, role: string): Promise<Minted> => {
  try {
    return { is: 'minted', lease: await client.issue([mount, 'creds', role]) };
  } catch (error) {
    // Who may not ask has learnt nothing of the role.
    if (!(error instanceof LabError) || error.code === 'DENIED' || error.code === 'GUARD') throw error;
    return { is: 'not', probe: { is: 'failed', check, expected: 'can be made', found: error.message } };
  }
};
