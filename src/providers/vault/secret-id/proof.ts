import { z } from 'zod';
import type { Mailbox } from '../../../engine/ports.ts';
import type { Probe } from '../../../engine/resource.ts';
import { LabError } from '../../../errors.ts';
import type { Secret } from '../../../secrets/secret.ts';
import { roleIdOf } from '../auth/role-id.ts';
import { rolePath } from '../auth/role-kind.ts';
import type { VaultClient } from '../client.ts';
import { proveLogin } from '../login/proof.ts';
import { isWrapped } from './place.ts';

const check = 'login: the delivered SecretID';

const roleAnswer = z.object({
  token_policies: z.array(z.string()).nullish(),
  token_bound_cidrs: z.array(z.string()).nullish(),
  secret_id_bound_cidrs: z.array(z.string()).nullish(),
  secret_id_num_uses: z.number(),
});

/** Logs in with what lies in the mailbox, where that costs nobody anything. */
export const proveDelivered = async (
  client: VaultClient,
  id: readonly string[],
  box: Mailbox,
): Promise<readonly Probe[]> => {
  if (isWrapped(id)) return proveWrapping(client, await readable(box));
  const [mount = '', name = ''] = id;
  const path = rolePath(id);
  const [role, roleId] = await Promise.all([client.read(path, roleAnswer), roleIdOf(client, path)]);
  if (role === undefined || roleId === undefined) return untried('its role is gone');
  if (role.secret_id_num_uses > 0)
    return untried(`it is good for ${role.secret_id_num_uses} logins, and lab uses none up`);
  const networks = [...(role.secret_id_bound_cidrs ?? []), ...(role.token_bound_cidrs ?? [])];
  if (networks.length > 0) return untried(`it lets in only from ${networks.join(', ')}`);
  const value = await readable(box);
  if (value === undefined) return untried(`lab cannot read what lies in ${await box.where()}`);
  const proof = { role_id: roleId, secret_id: value };
  const attempt = { path: mount, proof, whom: `the delivered SecretID of ${name} in by auth/${mount}` };
  return proveLogin(client, 'the delivered SecretID', attempt, role.token_policies ?? []);
};

const wrapping = z.object({ creation_path: z.string() });

/** A look at the wrapping token, which uses nothing up. Once it is gone, the machine has its SecretID; or somebody else has. */
const proveWrapping = async (client: VaultClient, token: Secret | undefined): Promise<readonly Probe[]> => {
  if (token === undefined) return untried('lab cannot read the file that it was delivered to');
  try {
    await client.lookUp(['sys', 'wrapping', 'lookup'], { token }, wrapping);
    return [{ is: 'proven', check: 'wrapping token: good, and not used yet' }];
  } catch (error) {
    if (!(error instanceof LabError) || !error.message.includes('wrapping token is not valid')) throw error;
    return untried('its wrapping token has been used: by its machine, if not by somebody who came first');
  }
};

const untried = (because: string): readonly Probe[] => [{ is: 'untried', check, because }];

const readable = async (box: Mailbox): Promise<Secret | undefined> => {
  try {
    return await box.value();
  } catch (error) {
    if (error instanceof LabError && error.code === 'DENIED') return undefined;
    throw error;
  }
};
