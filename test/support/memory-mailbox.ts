import type { Letter, Ports } from '../../src/engine/ports.ts';
import type { Secret } from '../../src/secrets/secret.ts';

/** Mailboxes in memory, for what is told of Vault alone. */
export const memoryMailboxes = (): Ports['mailbox'] => {
  const kept = new Map<string, { readonly letter: Letter; readonly value: Secret }>();
  return async (...place) => {
    const where = place.join('/');
    return {
      where: async () => where,
      look: async () => kept.get(where)?.letter,
      put: async (value, { id, mark }) => {
        kept.set(where, { letter: { id, moved: false, ...(mark === undefined ? {} : { mark }) }, value });
      },
      value: async () => kept.get(where)?.value,
      remove: async () => {
        kept.delete(where);
      },
    };
  };
};
