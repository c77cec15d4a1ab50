import type { Token } from '../content.ts';
import { clientIdOf } from '../tokens.ts';
import type { Attribution } from './content.ts';

/** Who does this, as versions note it. */
export const attribution = (token: Token, operation: string): Attribution => ({
  actor: token.displayName,
  operation,
  client_id: clientIdOf(token),
  ...(token.entityId === '' ? {} : { entity_id: token.entityId }),
});
