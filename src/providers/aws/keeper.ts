import { randomUUID } from 'node:crypto';
import type { Keeper, Trespass } from '../../engine/ports.ts';
import { type Account, visit } from '../../engine/visitor.ts';
import { LabError } from '../../errors.ts';
import type { Secret } from '../../secrets/secret.ts';
import type { AwsClient, SecretPlace } from './client.ts';
import { askedAudience } from './iam/trust.ts';
import { secretPlace } from './secrets/name.ts';

/** How long AWS keeps what is removed: the least that it offers. */
const recoveryDays = 7;

/** Values as secrets of Secrets Manager in one region, which refuses a second one of a name. `who` is for people. */
export const openKeeper = (client: AwsClient, region: string, who: () => Promise<string>): Keeper => {
  const place = (name: string) => secretPlace([region, name]);
  const read = async (name: string): Promise<readonly Secret[]> => {
    const state = await client.describe(place(name));
    if (state === undefined || state.deletion !== undefined || state.current === undefined) return [];
    const value = await client.value(place(name), state.current);
    if (value !== undefined) return [value];
    throw new LabError('CONFLICT', `the secret ${name} in ${region} holds bytes, and is not one that lab kept`);
  };
  return {
    describe: async () => `Secrets Manager in ${region}, ${await who()}`,
    read,
    create: async (name, value) => {
      try {
        await client.create(place(name), { id: randomUUID(), value }, { tags: { 'managed-by': 'lab' } });
        return true;
      } catch (error) {
        if (error instanceof LabError && error.code === 'MOVED') return false;
        throw error;
      }
    },
    remove: async (name) => {
      const state = await client.describe(place(name));
      if (state !== undefined && state.deletion === undefined) {
        await client.scheduleDeletion(place(name), recoveryDays);
      }
    },
    trespass: (name, account) => trespass(client, place(name), account),
  };
};

/** In the role that the service account is annotated with. */
const trespass = async (client: AwsClient, place: SecretPlace, account: Account): Promise<Trespass> => {
  const visited = await visit(client.ports, account, askedAudience);
  if (visited.is === 'not') return { is: 'untried', because: 'there is no such service account' };
  const { annotations, token } = visited.visitor;
  const role = annotations['eks.amazonaws.com/role-arn'];
  if (role === undefined) return { is: 'untried', because: 'it is annotated with no role of AWS' };
  const login = client.as({ role, token });
  const entered = await login.logIn();
  if (!entered.ok) return { is: 'untried', because: `the login was refused: ${entered.found}` };
  const read = await login.readSecret(place);
  // What is not there is only told to who may read it.
  if (read.ok || read.found.includes('ResourceNotFoundException'))
    return { is: 'allowed', found: `may read ${place.name} in ${place.region}` };
  return /AccessDenied/.test(read.found)
    ? { is: 'refused', found: read.found }
    : { is: 'untried', because: read.found };
};
