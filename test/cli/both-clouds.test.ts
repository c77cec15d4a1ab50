import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build, lab } from './lab.ts';

// One manifest with both clouds in one cluster, on each platform. Clouds take tokens of whichever cluster they can reach
// the issuer of, so lab makes all of it also for kind with a published issuer; `static` is kind without one.
const manifest = `apiVersion: lab/v1
name: both
cluster: { context: "\${env}" }
vars: { digit: "1" }
expect:
  azure: { tenant: 7c1e0000-0000-0000-0000-000000000001, subscription: "7c1e0000-0000-0000-0000-00000000000\${vars.digit}" }
  aws: { account: "11111111111\${vars.digit}" }
stores:
  azure:
    type: azure-key-vault
    manage: create
    name: "both-\${env}-kv"
    resourceGroup: "both-\${env}"
    location: westeurope
    auth: &identity { type: workload-identity, serviceAccount: external-secrets/external-secrets, identity: { create: "eso-\${env}" } }
  aws:
    type: aws-secrets-manager
    region: us-east-1
    auth: { <<: *identity, type: irsa }
secrets:
  demo/azure: { readFrom: azure, keys: { token: { at: team-token, value: { generate: { length: 32 } } } } }
  demo/aws: { readFrom: aws, keys: { token: { at: team/token, value: { generate: { length: 32 } } } } }
  other/azure: { readFrom: azure, keys: { token: { at: team-token } } }
environments:
  kind: {}
  aks: { vars: { digit: "2" } }
  eks: { vars: { digit: "3" } }
  static:
    vars: { digit: "4" }
    stores:
      azure:
        manage: existing
        resourceGroup: !remove
        location: !remove
        auth: { type: service-principal, clientId: { env: AZ_ID }, clientSecret: { env: AZ_SECRET } }
      aws: { auth: { type: access-keys, id: { env: AWS_ID }, secret: { env: AWS_SECRET } } }
`;

let cwd: string;
beforeAll(async () => {
  build();
  cwd = await mkdtemp(join(tmpdir(), 'lab-both-'));
  await writeFile(join(cwd, 'lab.yaml'), manifest);
}, 120_000);
afterAll(() => rm(cwd, { recursive: true, force: true }));

test.each(['kind', 'aks', 'eks', 'static'])(
  'both clouds on %s',
  async (environment) => {
    const run = (...words: readonly string[]) => lab([...words, '-e', environment], { cwd, env: { HOME: cwd } });
    const applied = await run('apply', '--sandbox');
    expect({ code: applied.code, errors: applied.code === 0 ? '' : applied.stderr }).toEqual({ code: 0, errors: '' });
    expect(JSON.parse((await run('apply', '--sandbox', '--json')).stdout)).toMatchObject({ done: [], writes: 0 });
    const verified = JSON.parse((await run('verify', '--sandbox', '--json')).stdout);
    const synced = verified.verified.flatMap(({ address, probes }: { address: string; probes: { is: string }[] }) =>
      address.startsWith('external-secrets.external-secret/') && probes.every(({ is }) => is === 'proven')
        ? address.slice('external-secrets.external-secret/'.length)
        : [],
    );
    expect(synced.toSorted()).toEqual(['demo/aws', 'demo/azure', 'other/azure']);
  },
  120_000,
);
