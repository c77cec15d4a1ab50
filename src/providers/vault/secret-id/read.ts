import type { Letter, Mailbox } from '../../../engine/ports.ts';
import type { Live } from '../../../engine/resource.ts';
import { LabError } from '../../../errors.ts';
import { roleIdOf } from '../auth/role-id.ts';
import { rolePath } from '../auth/role-kind.ts';
import type { VaultClient } from '../client.ts';
import { type Issued } from './issued.ts';
import { standingOf } from './standing.ts';

/** A place that cannot be reached holds no SecretID that is alive where none was issued: a vault that is still to be made. */
export const lookFor = async (box: Mailbox, issued: readonly Issued[]): Promise<Letter | undefined> => {
  try {
    return await box.look();
  } catch (error) {
    if (issued.length === 0 && error instanceof LabError && error.code === 'UNREACHABLE') return undefined;
    throw error;
  }
};

/** Throws CONFLICT for what lab did not deliver. */
export const refuseForeign = (letter: Letter | undefined, [, , ...place]: readonly string[]): void => {
  if (letter === undefined || letter.id !== undefined) return;
  throw new LabError('CONFLICT', `${place.join('/')} is there, and what it holds was not delivered by lab`, {
    next: 'Deliver to another place, or move that one away.',
  });
};

/** A SecretID in the kind's words: what Vault has of it, and what lies where it was delivered. */
export const liveOf = async (
  client: VaultClient,
  id: readonly string[],
  asked: { readonly ttl?: number | undefined; readonly renewBefore?: number | undefined },
  { issued, letter }: { readonly issued: readonly Issued[]; readonly letter: Letter | undefined },
): Promise<Live> => {
  const { delivery, renewal, current, others } = standingOf(issued, letter, asked.renewBefore, Date.now());
  const roleId = await roleIdOf(client, rolePath(id));
  const ttl = current?.ttl ?? asked.ttl;
  const mark = letter?.mark ?? (current ?? others[0])?.mark;
  return {
    exists: 'yes',
    spec: {
      delivery,
      renewal,
      ...(ttl === undefined ? {} : { ttl }),
      // Vault does not know of it: it is lab's own.
      ...(asked.renewBefore === undefined ? {} : { renewBefore: asked.renewBefore }),
    },
    outputs: {
      ...(roleId === undefined ? {} : { roleId }),
      ...(current === undefined ? {} : { accessor: current.accessor, expires: current.expires ?? 'never' }),
    },
    ...(mark === undefined ? {} : { mark }),
  };
};
