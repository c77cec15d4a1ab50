import type { ManagedCluster } from '../../../engine/ports.ts';
import { LabError } from '../../../errors.ts';
import { reveal } from '../../../secrets/secret.ts';
import { type Access, type Credentials, proxyOf } from './access.ts';
import { rememberFor } from './remember.ts';

// Tokens of both clouds last for longer, and are cheap.
const freshFor = 60_000;

/** The way to a cluster of a cloud, which says where it is and lets lab in as who it is there. Throws GUARD without TLS. */
export const managedAccess = (cluster: ManagedCluster, env: Readonly<Record<string, string | undefined>>): Access => {
  const { name, server, ca } = cluster;
  if (!server.startsWith('https://')) {
    throw new LabError('GUARD', `${name} is said to be at ${server}, which has no verified TLS`);
  }
  const login = async (): Promise<Credentials> => {
    const given = await cluster.login();
    return given.by === 'token'
      ? { headers: { authorization: `Bearer ${reveal(given.token)}` }, tls: { ca } }
      : { headers: {}, tls: { ca, cert: given.certificate, key: reveal(given.key) } };
  };
  return { context: name, user: 'lab', server, proxy: proxyOf(env), credentials: rememberFor(freshFor, login) };
};
