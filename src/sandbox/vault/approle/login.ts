import { BlockList, isIPv6 } from 'node:net';
import { admitted } from '../auth/admitted.ts';
import type { Call } from '../endpoint.ts';
import { type Result, refused } from '../result.ts';
import { isOver, rolesOf } from './store.ts';

/** The fields of a login. */
export const approleLoginFields = { role_id: 'string', secret_id: 'string' } as const;

// Where everybody who reaches the sandbox comes from.
const loopback = '127.0.0.1';

const holdsLoopback = (cidr: string): boolean => {
  const [network = '', bits = '32'] = cidr.split('/');
  const list = new BlockList();
  list.addSubnet(network, Number(bits), isIPv6(network) ? 'ipv6' : 'ipv4');
  return list.check(loopback);
};

const wrong = refused(400, 'invalid role or secret ID');

/** `POST login`: a RoleID, and a SecretID of that role that is not used up. */
export const approleLogin = (
  call: Pick<Call, 'vault' | 'mount'>,
  { role_id: roleId = '', secret_id: secretId = '' }: { readonly role_id?: string; readonly secret_id?: string },
): Result => {
  if (roleId === '') return refused(500, 'failed to determine alias name from login request');
  const [name, role] = Object.entries(rolesOf(call)).find(([, candidate]) => candidate.roleId === roleId) ?? [];
  if (name === undefined || role === undefined) return wrong;
  const proof = Object.values(role.secretIds).find(({ id }) => id === secretId);
  if (role.bindSecretId && (proof === undefined || isOver(proof))) return wrong;
  if (role.secretIdCidrs.length > 0 && !role.secretIdCidrs.some(holdsLoopback)) {
    return refused(400, `source address "${loopback}" unauthorized by CIDR restrictions on the role: %!w(<nil>)`);
  }
  if (proof !== undefined && proof.usesLeft > 0) {
    proof.usesLeft -= 1;
    if (proof.usesLeft === 0) delete role.secretIds[proof.accessor];
  }
  return admitted(call, role, {
    displayName: '',
    alias: roleId,
    meta: { ...proof?.metadata, role_name: name },
  });
};
