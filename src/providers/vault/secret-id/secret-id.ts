import { z } from 'zod';
import { address } from '../../../engine/address.ts';
import { defineKind } from '../../../engine/define-kind.ts';
import { duration } from '../../../engine/fields.ts';
import type { Mailbox } from '../../../engine/ports.ts';
import { LabError } from '../../../errors.ts';
import { rolePath } from '../auth/role-kind.ts';
import type { VaultClient } from '../client.ts';
import { may } from '../rights.ts';
import { destroy, type Issued, type IssuedFor, issue, issuedFor, issueWrapped } from './issued.ts';
import { comesBefore, deliveryId, isWrapped, mailboxOf, placeGates, secretOf } from './place.ts';
import { proveDelivered } from './proof.ts';
import { liveOf, lookFor, refuseForeign } from './read.ts';
import { letterId, standingOf } from './standing.ts';

const schema = z.strictObject({
  ttl: duration()
    .optional()
    .describe('How long it lives, at most as long as its role has it; another length makes a new one.'),
  renewBefore: duration().optional().describe('How long before its end the next one takes its place.'),
  delivery: z.literal('complete').default('complete').describe('The one that Vault knows lies where it was delivered.'),
  renewal: z.literal('not due').default('not due').describe('Its end is further away than renewBefore.'),
});

type Asked = Partial<z.output<typeof schema>>;

/**
 * A SecretID of an AppRole: issued once, delivered into a secret of another system, replaced before it ends. Vault answers
 * it once; from then on its accessor stands for it, in the metadata that it was issued with and beside the delivered value.
 * Into a file goes a token in its stead, by which Vault hands it to whoever comes first.
 */
export const approleSecretId = defineKind<typeof schema.shape, VaultClient>({
  kind: 'vault.approle-secret-id',
  parts: [
    ['MOUNT', 'ROLE', 'PROVIDER', 'PLACE', 'NAME'],
    ['MOUNT', 'ROLE', 'PROVIDER', 'PATH'],
  ],
  schema,
  fields: { renewal: { ages: true } },
  outputs: { accessor: {}, expires: {}, roleId: {} },
  ownership: 'whole',
  mark: 'own',
  writes: 'merge',
  precondition: 're-read',
  identify: deliveryId,
  parent: ([mount = '', role = '']) => address('vault.approle-role', mount, role),
  after: (id) => comesBefore(id),
  gates: (id) => ['vault.active', ...placeGates(id)],
  exclusive: (id) => id.join('/'),
  into: secretOf,
  rights: (id) => {
    const role = rolePath(id).join('/');
    const [issuing, by] = [`${role}/secret-id`, `${role}/secret-id-accessor`];
    return {
      // The look-up of an accessor is a POST that keeps nothing.
      plan: [...may(issuing, 'list'), ...may(`${by}/lookup`, 'update'), ...may(`${role}/role-id`, 'read')],
      apply: [...may(issuing, 'update'), ...may(`${by}/destroy`, 'update')],
      verify: may(role, 'read'),
    };
  },
  check: ({ ttl, renewBefore }) =>
    renewBefore !== undefined && renewBefore > 0 && (ttl === undefined || ttl <= renewBefore)
      ? 'renewBefore must be shorter than the ttl of the SecretID'
      : undefined,
  read: async (client, id, asked) => {
    const box = await mailboxOf(client, id);
    const issued = await issuedFor(client, rolePath(id), await box.where());
    const letter = await lookFor(box, issued);
    if (letter === undefined && issued.length === 0) return { exists: 'no' };
    refuseForeign(letter, id);
    return liveOf(client, id, asked, { issued, letter });
  },
  write: async (client, { id, spec, mark, takeOver }) => {
    const box = await mailboxOf(client, id);
    const role = rolePath(id);
    const where = await box.where();
    const [issued, letter] = [await issuedFor(client, role, where), await box.look()];
    const { current, others, renewal } = standingOf(issued, letter, spec.renewBefore, Date.now());
    // Nobody can have their values: a run died before it delivered them, or after it replaced them.
    for (const { accessor } of others) await destroy(client, role, accessor);
    const isGood = letter?.moved === false && renewal === spec.renewal && isAsAsked(current, spec);
    if (isGood) return;
    const owned = mark === undefined ? {} : { mark };
    const made = await issueTo(client, id, spec.ttl, { where, ...owned });
    const label = {
      id: letterId(made.accessor, made.ttl, Date.now()),
      ...owned,
      ...(takeOver === undefined ? {} : { takeOver }),
    };
    await delivered(box, made.value, label, () => destroy(client, role, made.accessor));
    if (current !== undefined) await destroy(client, role, current.accessor);
  },
  verify: async (client, id) => proveDelivered(client, id, await mailboxOf(client, id)),
  // What is left lies in a place that says whose it is: so the letter goes last.
  remove: async (client, id) => {
    const box = await mailboxOf(client, id);
    const role = rolePath(id);
    for (const { accessor } of await issuedFor(client, role, await box.where())) await destroy(client, role, accessor);
    await box.remove();
  },
});

const issueTo = (client: VaultClient, id: readonly string[], ttl: number | undefined, meant: IssuedFor) => {
  if (!isWrapped(id)) return issue(client, rolePath(id), ttl, meant);
  if (ttl !== undefined && ttl > 0) return issueWrapped(client, rolePath(id), ttl, meant);
  throw new LabError('BAD_MANIFEST', 'a SecretID that is delivered wrapped needs a ttl: the wrapping lives as long');
};

const isAsAsked = (current: Issued | undefined, { ttl }: Asked): boolean =>
  current !== undefined && (ttl === undefined || current.ttl === ttl);

/** Puts it there and sees it there. What is refused is void at once; what may have been done, the next run finds out. */
const delivered = async (
  box: Mailbox,
  value: Parameters<Mailbox['put']>[0],
  label: Parameters<Mailbox['put']>[1],
  withdraw: () => Promise<void>,
): Promise<void> => {
  try {
    await box.put(value, label);
  } catch (error) {
    const isOpen = !(error instanceof LabError) || error.code === 'UNREACHABLE' || error.code === 'CANCELLED';
    if (!isOpen) await withdraw();
    throw error;
  }
  const letter = await box.look();
  if (letter?.id === label.id && !letter.moved) return;
  throw new LabError('REJECTED', `${await box.where()} does not hold the SecretID that was just delivered there`, {
    next: 'Somebody else writes there too; the one before it still works. Run it again once they do not.',
  });
};
