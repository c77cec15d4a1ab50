import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startControlPlane } from '../servers/control-plane.ts';
import { startExternalSecrets } from '../servers/external-secrets.ts';
import { startPostgresql } from '../servers/postgresql.ts';
import { whyNoPostgresql } from '../servers/postgresql-programs.ts';
import { createRunFolder } from '../servers/run-folders.ts';
import { startVault } from '../servers/vault.ts';
import { chosenProgram } from '../servers/vault-program.ts';
import { makeDatabaseUsers } from '../support/database-users.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The servers that all real tests share; each test works in names of its own. */
    servers: {
      kubeconfig: string;
      context: string;
      url: string;
      caFile: string;
      /** What a node shows to the API server; absent in the sandbox, which has none. */
      node?: { certFile: string; keyFile: string };
      vault: { address: string; token: string; product: 'vault' | 'openbao' };
      /** The URL as Vault's connections have it; its users: test/support/database-users.ts. */
      database: { url: string };
    };
  }
}

/** Starts one cluster with External Secrets, one Vault and one database for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await createRunFolder();
  const token = 'root-of-the-shared-test-vault';
  let stopDatabase = async () => {};
  const stop = async () => {
    await stopDatabase();
    await folder.remove();
  };
  try {
    const controlPlane = await startControlPlane({ dir: join(folder.dir, 'control-plane') });
    await startExternalSecrets({ controlPlane, dir: join(folder.dir, 'external-secrets') });
    const vault = await startVault({ dir: join(folder.dir, 'vault'), mode: { kind: 'dev', rootToken: token } });
    // Without one, the group of tests that needs it does not run (groups.ts).
    const hasDatabase = (await whyNoPostgresql()) === undefined;
    const database = hasDatabase ? await startPostgresql({ dir: join(folder.dir, 'postgresql') }) : undefined;
    stopDatabase = async () => database?.stop();
    await database?.query(makeDatabaseUsers());
    const { kubeconfig, context, url, caFile, node } = controlPlane;
    project.provide('servers', {
      kubeconfig,
      context,
      url,
      caFile,
      node,
      vault: { address: vault.address, token, product: chosenProgram().name },
      database: { url: database?.url ?? '' },
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
