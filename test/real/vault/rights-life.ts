import { randomBytes } from 'node:crypto';
import type { Change, Diagnostic, Plan } from '../../../src/engine/change.ts';
import { planWithInventory } from '../../../src/engine/inventory.ts';
import type { Connection } from '../../../src/engine/provider.ts';
import type { Resource, Right } from '../../../src/engine/resource.ts';
import { rightsOf } from '../../../src/engine/rights.ts';
import { verify } from '../../../src/engine/verify.ts';
import { LabError } from '../../../src/errors.ts';
import { vaultPaths } from '../../../src/manifest/settle/own-rights.ts';
import { vault } from '../../../src/providers/vault/index.ts';
import { renderPolicy } from '../../../src/providers/vault/policy/hcl.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { databaseUsers } from '../../support/database-users.ts';
import { memoryMailboxes } from '../../support/memory-mailbox.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { applyAll, type Bench, deskFrom, plan, planOptions, worldOf } from '../../support/world.ts';
import type { RightsCase } from './rights-cases.ts';
import { config, context, stranger } from './server.ts';

const kinds = new Map(vault.kinds.map((kind) => [kind.kind, kind]));

/** One life: with whom it was gone through, and what lab said. */
export interface Life {
  /** Errors of plan and apply, and what verify could not prove, each with its address. */
  readonly errors: readonly string[];
  /** Everything that plans and proofs said, the same for equal lives. */
  readonly said: string;
  /** What is left of it, as root sees it. */
  readonly left: readonly string[];
}

/** A right as it may be compared between lives. */
export const keyOf = ({ action, on }: Right, tag: string): string => `${action} ${on.replaceAll(`-${tag}`, '')}`;

/** A name for one life. */
export const newTag = (): string => randomBytes(4).toString('hex');

/** What a command needs at the end of a life. */
export const rightsAtEnd = (given: RightsCase, tag: string, command: 'plan' | 'apply'): readonly Right[] =>
  rightsOf(lastOf(given, tag), kinds, command).map(({ right }) => right);

const lastOf = (given: RightsCase, tag: string): readonly Resource[] => given.lives(tag).at(-1) ?? [];

/** A token that has the policy of these paths and no other, not even `default`. */
export const tokenWith = async (paths: Readonly<Record<string, readonly string[]>>, tag: string): Promise<string> => {
  await stranger('POST', `sys/policies/acl/own-${tag}`, { policy: renderPolicy(paths) });
  const { body } = await stranger('POST', 'auth/token/create', { policies: [`own-${tag}`], no_default_policy: true });
  return body.auth.client_token;
};

/** Connects with a token. */
export const connectWith = (token: string, readOnly = false): Promise<Connection> => {
  const given = context({ APPLY_TOKEN: token, PLAN_TOKEN: token }, readOnly);
  return vault.connect(config(), { ...given, ports: { ...given.ports, mailbox } });
};

const mailbox = memoryMailboxes();

const values = {
  FIRST: 'first-value',
  SECOND: 'second-value',
  ROOT: 'first-password',
  VAULT_DB: databaseUsers.vault,
};

/** A bench with that connection. */
export const benchWith = (connection: Connection): Bench => ({
  kinds: vault.kinds,
  connections: [connection],
  store: memoryStore(),
  desk: deskFrom(values, async (value) => secret(value)),
});

const policyWithout = (
  resources: readonly Resource[],
  command: 'plan' | 'apply',
  without: (right: Right) => boolean,
): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Object.entries(vaultPaths(resources, kinds, { command, login: 'token' })).map(([on, actions]) => [
      on,
      actions.filter((action) => !without({ action, on })),
    ]),
  );

/** Makes, changes, proves and destroys, with the computed policy less the rights that are left out. */
export const goThrough = async (
  given: RightsCase,
  without: (right: Right, tag: string) => boolean = () => false,
): Promise<Life> => {
  const tag = newTag();
  await given.first?.(tag);
  const last = lastOf(given, tag);
  const paths = policyWithout(last, 'apply', (right) => without(right, tag));
  const connection = await connectWith(await tokenWith(paths, tag));
  const bench = benchWith(connection);
  const said: unknown[] = [];
  const errors: string[] = [];
  const apply = async (resources: readonly Resource[]) => {
    const allowIrreversible = new Set(resources.map(({ address }) => address));
    const result = await applyAll(bench, resources, { allowDataLoss: true, allowIrreversible });
    said.push(saidOf(result.plan));
    errors.push(...result.diagnostics.map(told));
    return result.writes;
  };
  try {
    for (const [index, resources] of given.lives(tag).entries()) {
      await apply(resources);
      if (index === 0) await given.meanwhile?.(tag);
    }
    const before = connection.writes();
    const after = await apply(last);
    if (after !== before && errors.length === 0) errors.push(`a second apply wrote ${after - before} times`);
    const report = await verify(await worldOf(bench, last), planOptions, () => {});
    errors.push(
      ...report.verified.flatMap(({ address, probes }) => probes.flatMap((probe) => failure(address, probe))),
    );
    said.push(report.verified, await othersSeen(bench, last, tag));
    await given.beforeEnd?.(tag);
    await apply([]);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    errors.push(`${error.detail.address ?? ''}: ${error.message} ${error.detail.next ?? ''}`);
  }
  await connection.close();
  const root = benchWith(await connectWith(context().env['APPLY_TOKEN'] ?? ''));
  const seen = await plan(root, last);
  const left = seen.changes.flatMap(({ address, actions }) => (actions.includes('create') ? [] : [address]));
  await strike(tag);
  return { errors, said: JSON.stringify(said).replaceAll(`-${tag}`, ''), left };
};

/** Plans what is there, and its end, with the computed policy of plan less what is left out; then tries to write with it. */
export const lookWith = async (
  given: RightsCase,
  without: (right: Right, tag: string) => boolean = () => false,
): Promise<Life> => {
  const tag = newTag();
  await given.first?.(tag);
  const last = lastOf(given, tag);
  const root = benchWith(await connectWith(context().env['APPLY_TOKEN'] ?? ''));
  const allowIrreversible = new Set(last.map(({ address }) => address));
  await setStage(root, last, allowIrreversible);
  await given.beforeEnd?.(tag);
  const paths = policyWithout(last, 'plan', (right) => without(right, tag));
  const token = await tokenWith(paths, tag);
  const looking = await connectWith(token, true);
  const bench = { ...root, connections: [looking] };
  const seen = await plan(bench, last);
  const plans = [seen, await plan(bench, [])];
  const errors = [
    ...plans.flatMap(({ diagnostics }) => diagnostics.map(told)),
    ...seen.changes.flatMap((change) => (isQuiet(change) ? [] : [`${change.address}: differs`])),
  ];
  const blocked = plans.flatMap(({ changes }) =>
    changes.flatMap(({ address, standing }) =>
      standing.is === 'blocked' && standing.root ? [`${address}: ${standing.because}`] : [],
    ),
  );
  const said = [...plans.map(saidOf), await othersSeen(bench, last, tag)];
  await looking.close();
  const writing = await connectWith(token);
  const changed = await applyAll({ ...root, connections: [writing] }, [], { allowDataLoss: true });
  await writing.close();
  await strike(tag);
  return { errors: [...errors, ...blocked], said: JSON.stringify(said).replaceAll(`-${tag}`, ''), left: changed.done };
};

/** As root, who may do anything: whatever goes wrong here is no matter of rights. */
const setStage = async (root: Bench, resources: readonly Resource[], allowIrreversible: ReadonlySet<string>) => {
  const { diagnostics } = await applyAll(root, resources, { allowIrreversible });
  if (diagnostics.length > 0) throw new Error(diagnostics.map(told).join('\n'));
};

const saidOf = ({ changes }: Plan) =>
  changes
    .map(({ address, actions, protect, notes }) => ({ address, actions, protect, notes }))
    .toSorted((left, right) => (left.address < right.address ? -1 : 1));

/** What of this life is nobody's, as drift tells it. */
const othersSeen = async (bench: Bench, resources: readonly Resource[], tag: string): Promise<readonly string[]> => {
  const { inventory } = await planWithInventory(await worldOf(bench, resources), planOptions, () => {});
  return inventory.unmanaged.filter((address) => address.includes(tag));
};

const isQuiet = ({ actions, standing }: Change): boolean =>
  standing.is === 'planned' && actions.every((action) => action === 'none');

const told = ({ address, message, next }: Diagnostic): string => `${address}: ${message} ${next ?? ''}`;

const failure = (address: string, probe: { is: string }): string[] =>
  probe.is === 'proven' ? [] : [`${address}: ${JSON.stringify(probe)}`];

/** What a life that ended early has left. */
const strike = async (tag: string): Promise<void> => {
  for (const mount of ['kv', 'database', 'root', 'int']) await stranger('DELETE', `sys/mounts/${mount}-${tag}`);
  for (const method of ['kubernetes', 'approle', 'jwt']) await stranger('DELETE', `sys/auth/${method}-${tag}`);
  await stranger('DELETE', `sys/audit/log-${tag}`);
  await stranger('DELETE', `sys/policies/acl/own-${tag}`);
  await stranger('DELETE', `sys/policies/password/theirs-${tag}`);
  await stranger('DELETE', `identity/group/name/theirs-${tag}`);
};
