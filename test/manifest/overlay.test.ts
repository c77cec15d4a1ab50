import { describe, expect, test } from 'vitest';
import { listEnvironments } from '../../src/manifest/load.ts';
import { complaintsAbout, expanded, folderWith, resourceAt } from './support/load.ts';

const base = `apiVersion: lab/v1
name: demo
cluster: { context: c }
resources:
  kubernetes.namespace/a:
    labels: { team: data, tier: gold }
    annotations: { note: base }
  kubernetes.object/apps/Deployment/a/web:
    object: { apiVersion: apps/v1, spec: { replicas: 1, args: [a, b], paused: true } }
`;

const overlay = (...lines: readonly string[]) =>
  `${base}environments:\n  dev:\n${lines.map((line) => `    ${line}\n`).join('')}`;

const namespace = 'kubernetes.namespace/a';
const deployment = 'kubernetes.object/apps/Deployment/a/web';

describe('an environment lies over the rest', () => {
  test('maps merge, lists replace, null stays null and !remove drops a key', async () => {
    const yaml = overlay(
      'resources:',
      '  kubernetes.namespace/a: { labels: { tier: iron, zone: eu }, annotations: !remove }',
      `  ${deployment}: { object: { spec: { args: [c], paused: null } } }`,
    );
    const manifest = await expanded(yaml, { environment: 'dev' });
    expect(resourceAt(manifest, namespace).spec).toEqual({ labels: { team: 'data', tier: 'iron', zone: 'eu' } });
    expect(resourceAt(manifest, deployment).spec).toEqual({
      object: { apiVersion: 'apps/v1', spec: { replicas: 1, args: ['c'], paused: null } },
    });
  });

  test('a whole resource can be dropped', async () => {
    const manifest = await expanded(overlay(`resources: { ${deployment}: !remove }`), { environment: 'dev' });
    expect(manifest.resources.map(({ address }) => address)).toEqual([namespace]);
  });

  test('a change of type replaces the nearest typed entry, and nothing of the old one is left', async () => {
    const yaml = `apiVersion: lab/v1
name: demo
cluster: { context: c }
vault: { address: https://v, login: { auth: token, token: { env: T } } }
stores:
  team:
    type: vault
    mount: secret
    expose: { kind: ClusterSecretStore, namespaces: all }
    auth: { type: kubernetes, path: k, role: r, serviceAccount: a/b }
environments:
  dev:
    stores: { team: { type: kubernetes, namespace: standin, expose: none } }
`;
    const manifest = await expanded(yaml, { environment: 'dev' });
    expect(manifest.resources.map(({ address }) => address)).toEqual(['kubernetes.namespace/standin']);
  });

  test('the same type merges', async () => {
    const yaml = overlay('resources: {}').replace(
      'resources:\n',
      'stores: { team: { type: kubernetes, namespace: one, expose: none } }\nresources:\n',
    );
    const manifest = await expanded(
      yaml.replace('resources: {}', 'stores: { team: { type: kubernetes, namespace: two } }'),
      {
        environment: 'dev',
      },
    );
    expect(manifest.resources.map(({ address }) => address)).toContain('kubernetes.namespace/two');
    expect(manifest.resources.map(({ address }) => address)).not.toContain('kubernetes.namespace/one');
  });

  test('a complaint points to where the value was written: the base, or the overlay', async () => {
    const yaml = overlay('resources: { kubernetes.namespace/a: { labels: { tier: 5 }, annotations: { other: x } } }');
    expect(await complaintsAbout(yaml.replace('note: base', 'note: 7'), { environment: 'dev' })).toMatchInlineSnapshot(`
      [
        "lab.yaml:7:26 resources["kubernetes.namespace/a"].annotations.note: is a number; text is expected; put it in quotes",
        "lab.yaml:12:60 resources["kubernetes.namespace/a"].labels.tier: is a number; text is expected; put it in quotes",
      ]
    `);
  });

  test('what is wrong with an overlay', async () => {
    expect(
      await complaintsAbout(overlay('name: other', 'resource: {}', 'resources: { kubernetes.namespace/b: !remove }'), {
        environment: 'dev',
      }),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:12:5 environments.dev.name: cannot differ between environments",
        "lab.yaml:14:50 environments.dev.resources["kubernetes.namespace/b"]: there is nothing to remove. Did you mean kubernetes.namespace/a?",
      ]
    `);
    expect(
      await complaintsAbout(overlay('resources: [1]', 'stores: { a: { type: !remove } }'), { environment: 'dev' }),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:13:34 stores.a.type: !remove stands in an environment, for a key that the manifest has outside of it",
      ]
    `);
    expect(await complaintsAbout(`${base}environments: { dev: [] }\n`, { environment: 'dev' })).toMatchInlineSnapshot(`
      [
        "lab.yaml:10:17 environments.dev: an environment is a map of what differs in it",
      ]
    `);
    expect(await complaintsAbout(base.replace('note: base', 'note: !remove'))).toMatchInlineSnapshot(`
      [
        "lab.yaml:7:34 resources["kubernetes.namespace/a"].annotations.note: !remove stands in an environment, for a key that the manifest has outside of it",
      ]
    `);
  });
});

describe('which environment', () => {
  const two = `${base}environments: { kind: {}, staging: }\n`;

  test('without environments it is called default', async () => {
    expect((await expanded(base)).environment).toBe('default');
    expect((await expanded(base, { environment: 'default' })).environment).toBe('default');
    expect(await complaintsAbout(base, { environment: 'kind' })).toMatchInlineSnapshot(`
      [
        "nowhere there is no environment kind; this manifest has no environments",
      ]
    `);
  });

  test('with environments one must be named, by -e or by defaultEnvironment', async () => {
    expect(await complaintsAbout(two)).toMatchInlineSnapshot(`
      [
        "lab.yaml:10:1 environments: choose one of kind, staging with -e, or name one in defaultEnvironment",
      ]
    `);
    expect((await expanded(two, { environment: 'staging' })).environment).toBe('staging');
    expect((await expanded(`defaultEnvironment: kind\n${two}`)).environment).toBe('kind');
    expect((await expanded(`defaultEnvironment: kind\n${two}`, { environment: 'staging' })).environment).toBe(
      'staging',
    );
  });

  test('an unknown one is an error with a suggestion', async () => {
    expect(await complaintsAbout(two, { environment: 'stagin' })).toMatchInlineSnapshot(`
      [
        "nowhere there is no environment stagin; there are kind, staging. Did you mean staging?",
      ]
    `);
    expect(await complaintsAbout(`${two}defaultEnvironment: knd\n`)).toMatchInlineSnapshot(`
      [
        "lab.yaml:11:21 defaultEnvironment: there is no environment knd; there are kind, staging. Did you mean kind?",
      ]
    `);
  });

  test('its name fits into paths and marks', async () => {
    expect(
      await complaintsAbout(`${base}environments: { ../x: {} }\n`, { environment: '../x' }),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:10:17 environments["../x"]: the key is no name; use lower-case letters, digits and "-", at most 63",
      ]
    `);
  });

  test('all of them can be listed', async () => {
    expect(await listEnvironments(await folderWith({ 'lab.yaml': two }))).toEqual(['kind', 'staging']);
    expect(await listEnvironments(await folderWith({ 'lab.yml': base }))).toEqual([]);
    expect(await listEnvironments(await folderWith({ 'lab.yaml': '[' }))).toEqual([]);
  });
});
