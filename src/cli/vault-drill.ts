import { resolve } from 'node:path';
import { LabError } from '../errors.ts';
import type { Expanded } from '../manifest/expanded.ts';
import type { DrillLine } from '../views/vault-drill.ts';
import type { ManifestFlags } from './flags.ts';
import type { Host } from './host.ts';
import { withServers } from './vault-servers.ts';

type DrillFlags = ManifestFlags & {
  readonly snapshot: string | undefined;
  readonly canary: string | undefined;
  readonly 'vault-program': string | undefined;
  readonly 'with-network': boolean;
};

/** Whether a snapshot and the escrow bring Vault back, step by step. */
export const vaultDrill = (flags: DrillFlags, host: Host): Promise<readonly DrillLine[]> =>
  withServers(flags, host, 'looks', ({ drill }, manifest) =>
    drill({
      program: flags['vault-program'],
      network: flags['with-network'],
      env: host.env,
      file: flags.snapshot === undefined ? undefined : resolve(flags.snapshot),
      canary: flags.canary === undefined ? firstSecret(manifest) : named(flags.canary, manifest),
      say: host.say,
    }),
  );

const firstSecret = ({ resources }: Expanded) => {
  const [first] = resources.filter(({ kind }) => kind === 'vault.kv-secret');
  const [mount, path] = first?.parts ?? [];
  return mount === undefined || path === undefined ? undefined : { mount, path };
};

/** A mount may have slashes of its own: the longest of the manifest counts. */
const named = (canary: string, { resources }: Expanded) => {
  const text = canary.replaceAll(/^\/+|\/+$/g, '');
  const mounts = resources.flatMap(({ kind, parts: [mount = ''] }) => (kind === 'vault.mount' ? [mount] : []));
  const [known] = mounts.filter((mount) => text.startsWith(`${mount}/`)).toSorted((a, b) => b.length - a.length);
  const mount = known ?? text.split('/')[0] ?? '';
  const path = text.slice(mount.length + 1);
  if (mount !== '' && path !== '') return { mount, path };
  throw new LabError('BAD_MANIFEST', `--canary ${canary} names no secret`, { next: 'Write it as MOUNT/PATH.' });
};
