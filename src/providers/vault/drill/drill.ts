import { LabError } from '../../../errors.ts';
import type { Secret } from '../../../secrets/secret.ts';
import { openBulk } from '../bulk.ts';
import { serverAt } from '../server/api.ts';
import type { Bootstrap } from '../server/bootstrap.ts';
import type { Candidate } from '../server/escrow.ts';
import { heldIn } from '../server/holders.ts';
import type { Snapshot } from '../server/snapshot.ts';
import { unseal } from '../server/unseal.ts';
import { type Connector, openTransport, type Transport } from '../transport.ts';
import { type Canary, type CanaryValue, compared, readCanary } from './canary.ts';
import { isActive, restore, untilServer } from './restore.ts';
import { rootByShares } from './root.ts';
import { type DrillStep, openChecklist } from './steps.ts';
import { startThrowAway, type ThrowAwayOptions } from './throw-away.ts';

/** What a drill is made of. */
export interface DrillOptions extends ThrowAwayOptions {
  readonly bootstrap: Bootstrap;
  /** The snapshot that is named, or a new one in the folder that is given. */
  readonly snapshot: (folder: string) => Promise<Snapshot>;
  readonly canary: Canary | undefined;
  /** The same secret in the live Vault, as far as lab's login may read it. */
  readonly live: (canary: Canary) => Promise<CanaryValue>;
}

const names = {
  start: 'a throw-away Vault runs',
  snapshot: 'the snapshot is whole',
  restore: 'the snapshot is restored',
  unseal: "the escrow's shares open it",
  root: 'a root token can be had by the shares',
  canary: 'the canary is there',
  destroy: 'the throw-away Vault is gone',
} as const;

// How the throw-away is called in messages; the host of a socket means nothing.
const address = 'http://throw-away.vault';

/** Rebuilds Vault from a snapshot and the escrow, reads a secret in it, and destroys it. */
export const drill = async (options: DrillOptions): Promise<readonly DrillStep[]> => {
  const { bootstrap, signal, say, canary } = options;
  if (bootstrap.config.seal === 'auto') {
    throw autoSealed();
  }
  const list = openChecklist(say);
  const vault = await startThrowAway(options);
  const way = { caFile: undefined, signal, connector: await socketAt(vault.socket) };
  const [transport, bulk] = await Promise.all([openTransport(way), openBulk(way)]);
  try {
    const server = serverAt(address, { transport, signal });
    await list.run(names.start, async () => {
      const { version } = await server.status();
      const where = vault.isolated ? 'without a network' : 'with the network of this machine';
      return { value: undefined, detail: `version ${version}, ${where}` };
    });
    const snapshot = await list.run(names.snapshot, async () => {
      const value = await options.snapshot(vault.folder);
      return { value, detail: `${value.bytes} bytes, sha256 ${value.sha256}` };
    });
    await list.run(names.restore, async () => {
      await restore(server, transport, { bulk, file: snapshot.file });
      // How many shares it takes is read when Vault starts.
      await vault.restart();
      const { n, t } = await server.status();
      return { value: undefined, detail: `sealed; of ${n} shares it takes ${t}` };
    });
    const opened = await list.run(names.unseal, () => openBy(server, bootstrap, say));
    const root = await list.run(names.root, async () => {
      const held = await heldIn(opened.generation, opened.holders.stores, say);
      return { value: await rootByShares(address, transport, held), detail: 'made, and used for the canary alone' };
    });
    if (canary !== undefined) {
      await list.run(names.canary, () => lookAt(canary, { transport, root, live: options.live }));
    }
  } catch (error) {
    if (!list.failed() || signal.aborted) throw error;
  } finally {
    await Promise.all([transport.close(), bulk.close()]);
    await vault.destroy();
  }
  const tried = list.steps.map(({ step }) => step);
  for (const step of Object.values(names).filter((name) => name !== names.destroy && !tried.includes(name))) {
    list.note({ step, is: 'not tried', detail: list.failed() ? 'after what failed' : noCanary });
  }
  list.note({ step: names.destroy, is: 'done', detail: 'its process and its folder' });
  return list.steps;
};

const autoSealed = (): LabError =>
  new LabError(
    'GUARD',
    'this Vault is unsealed by something outside (seal: auto): what a snapshot of it holds is encrypted with that key alone, and recovery shares open nothing, so a throw-away Vault would have to be let in to the real key',
    {
      next: 'Drill it by hand, on a machine that reaches that key and none of the databases and clouds that Vault works in: start vault with the seal stanza of the real one and empty raft storage, initialise it, give it the file of lab vault snapshot with vault operator raft snapshot restore -force, and read a secret; then destroy it.',
    },
  );

/** Every connection goes to one socket. */
const socketAt = async (socketPath: string): Promise<Connector> => {
  const { buildConnector } = await import('undici');
  return () => buildConnector({ socketPath });
};

const noCanary = 'the manifest has no secret of KV, and --canary names none';

const openBy = async (server: ReturnType<typeof serverAt>, { escrow }: Bootstrap, say: (line: string) => void) => {
  const { record } = await escrow.chain();
  for (const candidate of await escrow.candidates()) {
    if (!(await opens(server, candidate, say))) continue;
    await untilServer(server, 'in service', isActive);
    const { cluster_id: id = '' } = await server.status();
    if (record !== undefined && id !== record.clusterId) throw otherVault(record.clusterId, id);
    const { number } = candidate.generation;
    const stores = candidate.holders.stores.map(({ name }) => name).join(', ');
    const which = number === 1 ? 'those of init' : `those of generation ${number}`;
    return { value: candidate, detail: `${which}, from ${stores}; cluster ${id}` };
  }
  throw new LabError('GUARD', 'the shares that the stores of the escrow keep do not open what the snapshot holds', {
    next: 'A snapshot is opened by the shares that counted when it was taken. Take a new one (lab vault snapshot), or see who has the shares of its time; where people have too many of them, a drill needs a store more.',
  });
};

const opens = async (
  server: ReturnType<typeof serverAt>,
  { of, generation, holders }: Candidate,
  say: (line: string) => void,
): Promise<boolean> => {
  const shares = async function* () {
    yield* await heldIn(generation, holders.stores, say);
  };
  try {
    if (!(await unseal(server, [{ of, shares }], () => {})).sealed) return true;
    await server.reset();
    return false;
  } catch (error) {
    if (error instanceof LabError && error.code === 'GUARD') return false;
    throw error;
  }
};

const otherVault = (expected: string, found: string): LabError =>
  new LabError('GUARD', `the snapshot is of another Vault: cluster ${found}, and the escrow belongs to ${expected}`);

const lookAt = async (
  canary: Canary,
  given: { readonly transport: Transport; readonly root: Secret; readonly live: DrillOptions['live'] },
) => {
  const restored = await readCanary(address, given.transport, given.root, canary);
  const what = `${canary.mount}/${canary.path}, version ${restored.version}, ${restored.keys} key${restored.keys === 1 ? '' : 's'}`;
  return { value: undefined, detail: `${what}; ${await likeLive(canary, restored, given.live)}` };
};

const likeLive = async (canary: Canary, restored: CanaryValue, live: DrillOptions['live']): Promise<string> => {
  try {
    const now = await live(canary);
    switch (compared(restored, now)) {
      case 'equal':
        return 'its value is that of the live Vault';
      case 'older':
        return `the live Vault is at version ${now.version}`;
      case 'different':
        throw new LabError('REJECTED', `${canary.mount}/${canary.path} has another value than in the live Vault`);
    }
  } catch (error) {
    if (!(error instanceof LabError) || error.code === 'REJECTED' || error.code === 'CANCELLED') throw error;
    return 'not compared with the live Vault, which does not let lab read it';
  }
};
