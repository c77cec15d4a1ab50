import { z } from 'zod';
import type { Probe } from '../../../engine/resource.ts';
import { LabError } from '../../../errors.ts';
import type { VaultClient } from '../client.ts';

const check = 'login page: Vault sends people to the provider';

const answer = z.object({ auth_url: z.string() });

/** Asks Vault where it would send somebody who logs in by a role; further only people get. */
export const proveLoginPage = async (
  client: VaultClient,
  mount: string,
  role: string,
  redirectUri: string,
): Promise<Probe> => {
  const expected = `a page of the provider, for ${redirectUri}`;
  try {
    const path = ['auth', mount, 'oidc', 'auth_url'];
    const { auth_url: url } = await client.lookUp(path, { role, redirect_uri: redirectUri }, answer);
    if (URL.canParse(url)) return { is: 'proven', check: `${check}, ${new URL(url).host}` };
    const next = 'Is the mount given a client of the provider, and does the role name this redirectUri?';
    return { is: 'failed', check, expected, found: 'none: Vault says why in its own log', next };
  } catch (error) {
    if (!(error instanceof LabError) || error.code !== 'REJECTED') throw error;
    return { is: 'failed', check, expected, found: error.message };
  }
};
