import { secretDesk } from '../secrets/desk.ts';
import { fingerprintKey } from '../secrets/fingerprint-key.ts';
import type { Ground, Surroundings } from './ground.ts';

/** The one place that tells the sandbox from the real systems. */
export const surroundingsOf = async ({ manifest, sandbox, readOnly, host }: Ground): Promise<Surroundings> => {
  if (sandbox) {
    const [{ sandboxSurroundings }, { startServers }] = await Promise.all([
      import('./sandbox.ts'),
      import('./sandbox-servers.ts'),
    ]);
    return sandboxSurroundings(manifest, host.redactor, startServers);
  }
  const key = await fingerprintKey({ env: host.env, create: !readOnly });
  const desk = secretDesk({ env: host.env, folder: manifest.folder, key, redactor: host.redactor });
  return { manifest, env: host.env, desk, close: async () => {} };
};
