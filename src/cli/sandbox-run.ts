import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { LabError } from '../errors.ts';
import type { Expanded } from '../manifest/expanded.ts';
import { makeLocalFolder } from '../state/local-files.ts';
import type { ManifestFlags } from './flags.ts';
import type { Host } from './host.ts';
import { readManifest } from './manifest.ts';
import { seedIn } from './sandbox.ts';
import { editObject, parseEdit } from './sandbox-edit.ts';
import { announce, joinRunning } from './sandbox-running.ts';
import { startServers } from './sandbox-servers.ts';
import { stoppable } from './signals.ts';
import { placeOf } from './state-place.ts';
import { withSystems } from './wiring.ts';

const folderOf = (manifest: Expanded): Promise<string> => makeLocalFolder(placeOf(manifest, true));

/** Changes one field of one object in the sandbox by a stranger's hand. */
export const editInSandbox = async (
  flags: ManifestFlags,
  host: Host,
  { address, edit }: { readonly address: string; readonly edit: string },
): Promise<void> => {
  const parsed = parseEdit(edit);
  const manifest = await readManifest(flags, host.env);
  const resource = manifest.resources.find((candidate) => candidate.address === address);
  if (resource === undefined) {
    throw new LabError('BAD_MANIFEST', `the manifest has no resource ${address}`, { next: 'lab expand lists them.' });
  }
  await stoppable(undefined, ({ abort }) =>
    withSystems({ manifest, sandbox: true, readOnly: false, signal: abort, host }, async (systems) =>
      editObject(await systems.world(undefined, 'looks'), resource, parsed),
    ),
  );
};

/** Forgets everything that the sandbox holds, its state included. Throws LOCKED while it runs. */
export const resetSandbox = async (flags: ManifestFlags, host: Host): Promise<string> => {
  const folder = await folderOf(await readManifest(flags, host.env));
  if ((await joinRunning(folder)) !== undefined) {
    throw new LabError('LOCKED', 'the sandbox is running', { next: 'Stop lab sandbox start with Ctrl-C first.' });
  }
  await rm(folder, { recursive: true, force: true });
  return folder;
};

/** Keeps the sandbox running until it is stopped; `started` is told how a shell reaches it. */
export const runSandbox = async (
  flags: ManifestFlags,
  host: Host,
  started: (env: Readonly<Record<string, string>>) => void,
): Promise<void> => {
  const manifest = await readManifest(flags, host.env);
  const folder = await folderOf(manifest);
  if ((await joinRunning(folder)) !== undefined) throw new LabError('LOCKED', 'the sandbox is running already');
  await stoppable(
    () => host.say('Stopping the sandbox …'),
    async ({ stop }) => {
      const servers = await startServers({ manifest, folder, seed: await seedIn(folder) });
      const takeBack = await announce(folder, servers);
      try {
        started(shellEnvironment(servers));
        if (!stop.aborted) await once(stop, 'abort');
      } finally {
        await takeBack();
        await servers.close();
      }
    },
  );
};

const shellEnvironment = ({ connections, env }: Awaited<ReturnType<typeof startServers>>): Record<string, string> => {
  const { kubernetes } = connections;
  const kubeconfig: unknown =
    typeof kubernetes === 'object' && kubernetes !== null ? Reflect.get(kubernetes, 'kubeconfig') : undefined;
  return { ...(typeof kubeconfig === 'string' ? { KUBECONFIG: kubeconfig } : {}), ...env };
};
