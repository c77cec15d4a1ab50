import { z } from 'zod';
import { defineKind } from '../../../engine/define-kind.ts';
import type { Live, Probe } from '../../../engine/resource.ts';
import { LabError } from '../../../errors.ts';
import type { VaultClient } from '../client.ts';
import type { Bootstrap } from './bootstrap.ts';
import type { EscrowRecord } from './escrow-entries.ts';
import { holdersAsked, holdersOf } from './holders.ts';
import { proveKept } from './strangers.ts';
import { sharesOf } from './unseal.ts';

const schema = z.strictObject({
  seal: z.enum(['shamir', 'auto']).describe('What unseals it: shares of its key, or something outside by itself.'),
  shares: z.int().min(1).max(255).describe('Shares that its key (or its recovery key) is cut into.'),
  threshold: z.int().min(1).max(255).describe('Shares that it takes.'),
  custodians: z.array(z.string()).describe('Who keeps how many, for people; the connection says where.'),
  escrow: z.literal('complete').describe('Every share is with its custodian, read back.'),
  service: z.literal('unsealed').optional().describe('lab unseals it when it is sealed.'),
});

const oneWay =
  'an empty Vault is initialised; its key is never answered again, and what its custodians keep is all that ever opens it';

/** A Vault as a server: initialised, its shares escrowed, unsealed. Never deleted, nor is its escrow. */
export const server = defineKind<typeof schema.shape, VaultClient>({
  kind: 'vault.server',
  parts: [['NAME']],
  schema,
  fields: { custodians: { exact: true } },
  ownership: 'fields',
  mark: 'none',
  writes: 'merge',
  precondition: 're-read',
  gates: () => ['vault.reachable'],
  opens: () => ['vault.active'],
  exclusive: () => 'vault.server',
  irreversible: (_id, _spec, live) => (live.exists === 'no' ? oneWay : undefined),
  read: async (client, _id, spec) => readServer(client.bootstrap(), spec),
  write: async (client, { live, spec, waiting }) => {
    const bootstrap = client.bootstrap();
    if (live.exists === 'no') await bootstrap.initialise();
    if (live.exists === 'yes') refuseOther(live, spec);
    await bootstrap.complete(spec.service === 'unsealed', waiting);
  },
  settled: async (client, _id, { service }) => {
    if (service === undefined) return { state: 'done' };
    const gate = await client.gate();
    return gate.state === 'open' ? { state: 'done' } : { state: 'waiting', because: gate.because };
  },
  verify: async (client) => [...(await proveShares(client.bootstrap())), ...(await proveKept(client.bootstrap()))],
  // What lies in its storage is not lab's to delete, and its escrow stays for as long as that may be there.
  keep: async () => 'lab deletes neither a Vault nor its escrow',
  remove: async () => {},
});

type Asked = Partial<z.output<typeof schema>>;

const readServer = async (bootstrap: Bootstrap, asked: Asked): Promise<Live> => {
  const standing = await bootstrap.standing();
  if (standing.is === 'fresh') return { exists: 'no' };
  const { status, escrow, record } = standing;
  const statuses = await bootstrap.statuses();
  const sealed = statuses.filter((one) => one.sealed).length;
  const count = statuses.length;
  return {
    exists: 'yes',
    spec: {
      seal: status.type === 'shamir' ? 'shamir' : 'auto',
      // While sealed by something outside, a Vault tells nothing of its recovery shares.
      shares: status.n === 0 ? (asked.shares ?? 0) : status.n,
      threshold: status.t === 0 ? (asked.threshold ?? 0) : status.t,
      custodians: record === undefined ? (asked.custodians ?? []) : record.custodians.map(keeperOf),
      escrow: escrow === 'unread' ? (asked.escrow ?? 'complete') : escrow,
      service: sealed === 0 ? 'unsealed' : count === 1 ? 'sealed' : `${sealed} of ${count} servers sealed`,
    },
    outputs: {},
  };
};

/** What init fixed: another number of shares needs new ones. */
const refuseOther = (live: Live & { exists: 'yes' }, spec: z.output<typeof schema>): void => {
  const fixed = ['seal', 'shares', 'threshold', 'custodians'] as const;
  const other = fixed.find((field) => JSON.stringify(live.spec[field]) !== JSON.stringify(spec[field]));
  if (other === undefined) return;
  const [is, wanted] = [JSON.stringify(live.spec[other]), JSON.stringify(spec[other])];
  if (other === 'seal') {
    throw new LabError('GUARD', `seal of this Vault is ${is}, and the manifest says ${wanted}`, {
      next: `lab does not move a Vault to another seal: set vault.init.seal back to ${is}.`,
    });
  }
  throw new LabError('GUARD', `${other} of this Vault is ${is}, and ${wanted} needs new shares`, {
    next: `Hand them out with lab vault rekey, or set vault.init.${other} back.`,
  });
};

const keeperOf = ({ name, digests }: EscrowRecord['custodians'][number]): string => `${digests.length} × ${name}`;

/** Whether each store gives the shares that it keeps, and its key opens them. */
const proveShares = async ({ config, escrow }: Bootstrap): Promise<readonly Probe[]> => {
  const { current, record } = await escrow.chain();
  const { stores } = record === undefined ? holdersAsked(config) : holdersOf(record, config);
  return Promise.all(
    stores.map(async (custodian): Promise<Probe> => {
      const check = `${custodian.name} gives its shares`;
      try {
        const opened = await sharesOf(await current.held(custodian));
        opened.forEach((share) => share.fill(0));
        if (opened.length === custodian.shares) return { is: 'proven', check };
        return { is: 'failed', check, expected: String(custodian.shares), found: String(opened.length) };
      } catch (error) {
        if (!(error instanceof LabError)) throw error;
        const next = error.detail.next === undefined ? {} : { next: error.detail.next };
        if (error.code !== 'GUARD') return { is: 'untried', check, because: error.message };
        return { is: 'failed', check, expected: 'a key that opens them', found: error.message, ...next };
      }
    }),
  );
};
