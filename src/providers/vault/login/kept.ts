import type { VaultClient } from '../client.ts';

/** Why something of lab's own login may not be deleted: it would end the run that does so, and be the last way in. */
export const keptForLogin = (
  client: Pick<VaultClient, 'isLoginPart'>,
  kind: string,
  id: readonly string[],
): string | undefined => (client.isLoginPart(kind, id) ? 'lab itself logs in to Vault by it' : undefined);
