import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startControlPlane } from '../servers/control-plane.ts';
import { startExternalSecrets } from '../servers/external-secrets.ts';
import { createRunFolder } from '../servers/run-folders.ts';
import { startVault } from '../servers/vault.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The servers that all real tests share; each test works in names of its own. */
    servers: {
      kubeconfig: string;
      context: string;
      url: string;
      caFile: string;
      vault: { address: string; token: string };
    };
  }
}

/** Starts one cluster with External Secrets and one Vault for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await createRunFolder();
  const token = 'root-of-the-shared-test-vault';
  try {
    const controlPlane = await startControlPlane({ dir: join(folder.dir, 'control-plane') });
    await startExternalSecrets({ controlPlane, dir: join(folder.dir, 'external-secrets') });
    const vault = await startVault({ dir: join(folder.dir, 'vault'), mode: { kind: 'dev', rootToken: token } });
    const { kubeconfig, context, url, caFile } = controlPlane;
    project.provide('servers', { kubeconfig, context, url, caFile, vault: { address: vault.address, token } });
  } catch (error) {
    await folder.remove();
    throw error;
  }
  return folder.remove;
}
