import { describe, expect, test } from 'vitest';
import { checkSharedTargets } from '../../src/manifest/shared-targets.ts';
import { folderWith, kinds, loadFolder, shown } from './support/load.ts';

/** What is said of two environments, without the folder's own name. */
const shared = async (dev: string, prod: string, more = ''): Promise<string[]> => {
  const folder = await folderWith({
    'lab.yaml': `apiVersion: lab/v1\nname: demo\n${more}environments:\n  dev: ${dev}\n  prod: ${prod}\n`,
  });
  const manifests = await Promise.all(
    ['dev', 'prod'].map(async (environment) => {
      const loaded = await loadFolder(folder, { environment });
      if (!loaded.ok) throw new Error(shown(loaded, folder).join('\n'));
      return loaded.manifest;
    }),
  );
  return checkSharedTargets(manifests, kinds).map(({ at = '', message }) =>
    `${at} ${message}`.replaceAll(`${folder}/`, ''),
  );
};

const cluster = (context: string, more = '') => `{ cluster: { context: ${context}${more} } }`;
const maps = `resources:
  kubernetes.config-map/a/x: { data: { k: v } }
  kubernetes.config-map/a/y: { data: { k: v } }
`;
const value = (env: string) => `{ resources: { ${env} } }`;

describe('two environments', () => {
  test('of one cluster may not own one object', async () => {
    expect(await shared(cluster('c'), cluster('c'), maps)).toMatchInlineSnapshot(`
      [
        "lab.yaml:4:3 resources["kubernetes.config-map/a/x"]: the environments dev and prod both own kubernetes.config-map/a/x in the cluster c and 1 more there",
      ]
    `);
  });

  test('of two clusters may', async () => {
    expect(await shared(cluster('c'), cluster('d'), maps)).toEqual([]);
    expect(await shared(cluster('c'), cluster('c', ', kubeconfig: other'), maps)).toEqual([]);
  });

  test('may contribute to one object, and expect what the other owns', async () => {
    const contribution = 'resources: { kubernetes.namespace/n: { contribute: true, labels: { a: b } } }\n';
    expect(await shared(cluster('c'), cluster('c'), contribution)).toEqual([]);
    const name = 'kubernetes.config-map/a/x';
    expect(
      await shared(
        `{ cluster: { context: c }, resources: { ${name}: { data: { k: v } } } }`,
        `{ cluster: { context: c }, resources: { ${name}: { manage: existing } } }`,
      ),
    ).toEqual([]);
  });

  test('may not write one secret of a cloud', async () => {
    const azure = (vault: string) => value(`azure.key-vault-secret/${vault}/x: { value: { env: V } }`);
    expect(await shared(azure('team-kv'), azure('TEAM-kv'))).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:24 resources["azure.key-vault-secret/team-kv/x"]: the environments dev and prod both own azure.key-vault-secret/team-kv/x in azure",
      ]
    `);
    expect(await shared(azure('dev-kv'), azure('prod-kv'))).toEqual([]);
    const aws = (account: string) =>
      `{ expect: { aws: { account: "${account.repeat(12)}" } }, resources: { aws.secrets-manager-secret/us-east-1/x: { value: { env: V } } } }`;
    expect(await shared(aws('1'), aws('1'))).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:70 resources["aws.secrets-manager-secret/us-east-1/x"]: the environments dev and prod both own aws.secrets-manager-secret/us-east-1/x in aws 111111111111",
      ]
    `);
    expect(await shared(aws('1'), aws('2'))).toEqual([]);
  });

  test('may not set up one Vault, unless its address is this machine, where another one may answer each time', async () => {
    const vault = (address: string) =>
      `{ vault: { address: "${address}", plaintext: loopback, login: { auth: token, token: { env: T } }, policies: { p: { hcl: x y } } } }`;
    expect(await shared(vault('https://v'), vault('https://v'))).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:118 vault.policies.p: the environments dev and prod both own vault.policy/p in vault at https://v",
      ]
    `);
    expect(await shared(vault('https://v'), vault('https://w'))).toEqual([]);
    expect(await shared(vault('http://127.0.0.1:8200'), vault('http://127.0.0.1:8200'))).toEqual([]);
  });
});
