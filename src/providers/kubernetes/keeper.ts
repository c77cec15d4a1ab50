import type { Keeper } from '../../engine/ports.ts';
import { LabError } from '../../errors.ts';
import { reveal, type Secret, secret } from '../../secrets/secret.ts';
import { members, text } from './json.ts';
import type { Answer, Call, Send } from './wire/call.ts';
import { isNotFound } from './wire/refusal.ts';

/** Sends a call as a service account. */
export type SendAs = (account: { readonly namespace: string; readonly name: string }, call: Call) => Promise<Answer>;

/** The one key of such a Secret. */
const key = 'value';

/**
 * Values in Secrets of one namespace, each immutable: the API server refuses a second one of the name, and every change
 * of it. `who` is for people.
 */
export const openKeeper = (send: Send, namespace: string, who: string, as: SendAs): Keeper => {
  const collection = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
  const object = (name: string): string => `${collection}/${encodeURIComponent(name)}`;
  return {
    describe: async () => `Secrets of namespace ${namespace}, ${who}`,
    read: async (name): Promise<readonly Secret[]> => {
      const answer = await send({ method: 'GET', path: object(name), expects: [404] });
      if (isNotFound(answer)) return [];
      const value = text(members(members(answer.body)['data'])[key]);
      if (value !== undefined) return [secret(Buffer.from(value, 'base64').toString('utf8'))];
      throw new LabError('CONFLICT', `Secret ${namespace}/${name} is there, and it is not one that lab kept`, {
        next: 'Move it away; lab overwrites nothing that lies where an escrow is kept.',
      });
    },
    create: async (name, value) => {
      const answer = await send({
        method: 'POST',
        path: collection,
        expects: [409],
        body: {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name, labels: { 'app.kubernetes.io/managed-by': 'lab' } },
          immutable: true,
          type: 'Opaque',
          data: { [key]: Buffer.from(reveal(value), 'utf8').toString('base64') },
        },
      });
      return answer.status !== 409;
    },
    remove: async (name) => {
      await send({ method: 'DELETE', path: object(name), expects: [404] });
    },
    trespass: async (name, account) => {
      const { status, body } = await as(account, { method: 'GET', path: object(name), expects: [401, 403, 404] });
      const found = text(members(body)['message']) ?? `HTTP ${status}`;
      if (status === 401) return { is: 'untried', because: found };
      // What is not there is only told to who may read it.
      return status === 403 ? { is: 'refused', found } : { is: 'allowed', found: `may read ${namespace}/${name}` };
    },
  };
};
