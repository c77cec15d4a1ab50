import { z } from 'zod';
import type { VaultCalls } from '../client.ts';

const answer = z.object({ role_id: z.string() });

/** The RoleID of an AppRole, by the path of the role; undefined if there is no such role. */
export const roleIdOf = async (client: VaultCalls, role: readonly string[]): Promise<string | undefined> =>
  (await client.read([...role, 'role-id'], answer))?.role_id;
