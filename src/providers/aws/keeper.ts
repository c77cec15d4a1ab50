import { randomUUID } from 'node:crypto';
import type { Keeper } from '../../engine/ports.ts';
import { LabError } from '../../errors.ts';
import type { Secret } from '../../secrets/secret.ts';
import type { AwsClient } from './client.ts';
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
  };
};
