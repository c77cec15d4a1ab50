import {
  type Artifact,
  earlierExternalSecrets,
  earlierExternalSecretsCrds,
  externalSecrets,
  externalSecretsCrds,
} from './binaries/artifacts.ts';

/** One release of the operator, with the definitions that come with it. */
export type Release = {
  name: string;
  program: Artifact;
  definitions: Artifact;
  /** How it is told to answer on a port, and where it answers once it works. */
  alive: (port: number) => { flags: readonly string[]; path: string };
};

const newest: Release = {
  name: '0.20',
  program: externalSecrets,
  definitions: externalSecretsCrds,
  alive: (port) => ({ flags: ['--metrics-addr=0', `--live-addr=127.0.0.1:${port}`], path: '/healthz' }),
};

/** Serves v1beta1 beside v1: what a cluster has that is not upgraded yet. */
export const earlier: Release = {
  name: '0.16',
  program: earlierExternalSecrets,
  definitions: earlierExternalSecretsCrds,
  alive: (port) => ({ flags: [`--metrics-addr=127.0.0.1:${port}`], path: '/metrics' }),
};

/** Names the release that servers are started with; --matrix sets it for its second run. */
export const releaseVariable = 'LAB_TEST_EXTERNAL_SECRETS_RELEASE';

/** The release of this run. */
export function chosenRelease(): Release {
  const name = process.env[releaseVariable] ?? newest.name;
  const found = [newest, earlier].find((release) => release.name === name);
  if (found === undefined)
    throw new Error(`${releaseVariable} is ${name}; there are ${newest.name} and ${earlier.name}`);
  return found;
}
