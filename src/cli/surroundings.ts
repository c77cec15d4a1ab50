import { secretDesk } from '../secrets/desk.ts';
import { fingerprintKeyFor } from './fingerprint-key.ts';
import type { Ground, Surroundings } from './ground.ts';

/** The one place that tells the sandbox from the real systems. */
export const surroundingsOf = async ({ manifest, sandbox, host }: Omit<Ground, 'readOnly'>): Promise<Surroundings> => {
  if (sandbox) {
    const [{ sandboxSurroundings }, { startServers }] = await Promise.all([
      import('./sandbox.ts'),
      import('./sandbox-servers.ts'),
    ]);
    return sandboxSurroundings(manifest, host.redactor, startServers);
  }
  const { env, redactor } = host;
  const { folder } = manifest;
  return {
    manifest,
    env,
    read: secretDesk({ env, folder, key: undefined, redactor }).read,
    desk: async (manner, keyHome) => {
      const key = await fingerprintKeyFor({ manifest, host, manner, keyHome });
      return secretDesk({ env, folder, key, redactor });
    },
    close: async () => {},
  };
};
