import { describe, expect, test } from 'vitest';
import { complaintsAbout, expanded, resourceAt } from './support/load.ts';

const store = (name: string, more = '') =>
  `  ${name}: { type: kubernetes, namespace: shared, auth: { type: service-account, serviceAccount: eso/reader }${more} }\n`;

const manifest = (resources: string, stores = store('one')) => `apiVersion: lab/v1
name: demo
cluster: { context: c }
stores:
${stores}secrets:
  shared/token: { readFrom: one, keys: { token: { at: token } } }
${resources}`;

describe('what several sections say of one object', () => {
  test('becomes one contributed resource', async () => {
    const { resources } = await expanded(manifest(''));
    expect(resources.filter(({ address }) => address === 'kubernetes.namespace/shared')).toEqual([
      expect.objectContaining({
        ownership: 'contributed',
        spec: {},
        origin: expect.objectContaining({ path: 'stores.one' }),
      }),
    ]);
  });

  test('goes into a definition under resources, which then owns it', async () => {
    const loaded = await expanded(manifest('resources:\n  kubernetes.namespace/shared: { labels: { team: data } }\n'));
    const { ownership, spec, origin } = resourceAt(loaded, 'kubernetes.namespace/shared');
    expect({ ownership, spec, path: origin.path, line: origin.line }).toEqual({
      ownership: 'owned',
      spec: { labels: { team: 'data' } },
      path: 'resources["kubernetes.namespace/shared"]',
      line: 9,
    });
  });

  test('contribute: true and manage: existing say how far lab goes', async () => {
    const yaml = manifest(`resources:
  kubernetes.namespace/eso: { manage: existing }
  kubernetes.service-account/eso/reader: { contribute: true, annotations: { note: x } }
  vault.mount/secret: { manage: existing }
vault: { address: "https://v", login: { auth: token, token: { env: T } } }
`);
    const loaded = await expanded(yaml);
    expect(resourceAt(loaded, 'kubernetes.namespace/eso').ownership).toBe('expected');
    expect(resourceAt(loaded, 'kubernetes.service-account/eso/reader')).toMatchObject({
      ownership: 'contributed',
      spec: { annotations: { note: 'x' } },
    });
    expect(resourceAt(loaded, 'vault.mount/secret')).toMatchObject({ ownership: 'expected', spec: {} });
  });

  test('may not differ: unequal values name both lines', async () => {
    const yaml = manifest(`resources:
  kubernetes.namespace/eso: { contribute: true, labels: { team: data, tier: gold } }
  kubernetes.namespace/es%6f: { contribute: true, labels: { team: data, tier: iron } }
`);
    expect(await complaintsAbout(yaml)).toMatchInlineSnapshot(`
      [
        "lab.yaml:10:3 resources["kubernetes.namespace/es%6f"]: labels.tier of kubernetes.namespace/eso has another value at resources["kubernetes.namespace/eso"] (lab.yaml:9:3)",
      ]
    `);
  });

  test('may not be owned twice', async () => {
    const yaml = manifest(`resources:
  kubernetes.object/rbac.authorization.k8s.io/Role/shared/lab-store-one: { object: { apiVersion: rbac.authorization.k8s.io/v1, rules: [] } }
`);
    expect(await complaintsAbout(yaml)).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:3 stores.one: is the same object as resources["kubernetes.object/rbac.authorization.k8s.io/Role/shared/lab-store-one"] (lab.yaml:9:3): kubernetes.object/rbac.authorization.k8s.io/Role/shared/lab-store-one",
      ]
    `);
  });

  test('may not be expected by one and made by another', async () => {
    const existing = store('one', ', manage: existing');
    expect(
      await complaintsAbout(manifest('resources:\n  kubernetes.namespace/shared: { labels: { a: b } }\n', existing)),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:3 stores.one: expects kubernetes.namespace/shared to be there already, and resources["kubernetes.namespace/shared"] (lab.yaml:9:3) makes it",
      ]
    `);
    expect(
      await complaintsAbout(
        manifest('resources:\n  kubernetes.namespace/shared: { contribute: true, labels: { a: b } }\n', existing),
      ),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:9:3 resources["kubernetes.namespace/shared"]: contributes to kubernetes.namespace/shared, which stores.one (lab.yaml:5:3) only expects",
      ]
    `);
    expect(await complaintsAbout(manifest('', existing))).toEqual([]);
  });
});
