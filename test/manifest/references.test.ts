import { describe, expect, test } from 'vitest';
import { isReference } from '../../src/engine/value.ts';
import { complaintsAbout, expanded, resourceAt } from './support/load.ts';

const manifest = (...resources: readonly string[]) =>
  [
    'apiVersion: lab/v1',
    'name: demo',
    'cluster: { context: c }',
    'resources:',
    ...resources.map((line) => `  ${line}`),
    '',
  ].join('\n');

describe('references', () => {
  const parts = async (text: string) => {
    const loaded = await expanded(
      manifest(
        'kubernetes.config-map/a/source: { data: { ca.crt: x } }',
        `kubernetes.config-map/a/b: { data: { k: ${JSON.stringify(text)} } }`,
      ),
    );
    const { data } = resourceAt(loaded, 'kubernetes.config-map/a/b').spec;
    const value = typeof data === 'object' && data !== null ? Reflect.get(data, 'k') : undefined;
    return isReference(value) ? value.parts : value;
  };
  const ca = { address: 'kubernetes.config-map/a/source', output: 'data.ca.crt' };

  test('${ADDRESS#output} is a reference in a field that takes them, alone or within text', async () => {
    expect(await parts('${kubernetes.config-map/a/source#data.ca.crt}')).toEqual([ca]);
    expect(await parts('<${kubernetes.config-map/a/source#data.ca.crt}>')).toEqual(['<', ca, '>']);
    expect(
      await parts('$${x} ${kubernetes.config-map/a/source#data.ca.crt}${kubernetes.config-map/a/source#data.ca.crt}'),
    ).toEqual(['${x} ', ca, ca]);
  });

  test('$${ is a literal ${ there too', async () => {
    expect(await parts('$${kubernetes.config-map/a/source#data.ca.crt}')).toBe(
      '${kubernetes.config-map/a/source#data.ca.crt}',
    );
  });

  test('elsewhere ${ is plain text', async () => {
    const policy = `path "a/\${kubernetes.config-map/a/b#data.x}" { capabilities = ["read"] }`;
    const loaded = await expanded(
      `${manifest(`vault.policy/p: { hcl: ${JSON.stringify(policy)} }`)}vault: { address: "https://v", login: { auth: token, token: { env: T } } }\n`,
    );
    expect(resourceAt(loaded, 'vault.policy/p').spec).toEqual({ hcl: policy });
  });

  test('a reference is checked for its form, its target and the output', async () => {
    expect(
      await complaintsAbout(
        manifest('kubernetes.config-map/a/b: { data: { k: "${HOME}", l: "${kubernetes.namespace/a}", m: "${open" } }'),
      ),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:43 resources["kubernetes.config-map/a/b"].data.k: \${HOME} is not a reference; write \${ADDRESS#output}, or $\${ for a literal \${",
        "lab.yaml:5:57 resources["kubernetes.config-map/a/b"].data.l: \${kubernetes.namespace/a} is not a reference; write \${ADDRESS#output}, or $\${ for a literal \${",
        "lab.yaml:5:89 resources["kubernetes.config-map/a/b"].data.m: \${open is not a reference; write \${ADDRESS#output}, or $\${ for a literal \${",
      ]
    `);
    expect(
      await complaintsAbout(
        manifest(
          'kubernetes.namespace/a: {}',
          'kubernetes.config-map/a/b: { data: { k: "${kubernetes.config-map/a/c#data.x}", l: "${kubernetes.namespace/a#uid}" } }',
          'kubernetes.config-map/a/d: { data: { k: "${kubernetes.config-map/a/b#dta.x}" } }',
        ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:6:43 resources["kubernetes.config-map/a/b"].data.k: refers to kubernetes.config-map/a/c, which this manifest does not have. Did you mean kubernetes.config-map/a/b?",
        "lab.yaml:6:85 resources["kubernetes.config-map/a/b"].data.l: kubernetes.namespace has no output uid; it has none",
        "lab.yaml:7:43 resources["kubernetes.config-map/a/d"].data.k: kubernetes.config-map has no output dta.x; it has data.*",
      ]
    `);
  });
});

describe('order', () => {
  test('dependsOn takes any way to write an address, and must name one that is there', async () => {
    const loaded = await expanded(
      manifest('kubernetes.namespace/a: { dependsOn: ["kubernetes.namespace/%62"] }', 'kubernetes.namespace/b: {}'),
    );
    expect(resourceAt(loaded, 'kubernetes.namespace/a').dependsOn).toEqual(['kubernetes.namespace/b']);
    expect(
      await complaintsAbout(
        manifest('kubernetes.namespace/a: { dependsOn: [kubernetes.namespace/bb] }', 'kubernetes.namespace/b: {}'),
      ),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:29 resources["kubernetes.namespace/a"].dependsOn: depends on kubernetes.namespace/bb, which this manifest does not have. Did you mean kubernetes.namespace/b?",
      ]
    `);
  });

  test('a circle is shown with its path', async () => {
    expect(
      await complaintsAbout(
        manifest(
          'kubernetes.config-map/a/b: { data: { k: "${kubernetes.config-map/a/c#data.x}" } }',
          'kubernetes.config-map/a/c: { dependsOn: [kubernetes.namespace/a] }',
          'kubernetes.namespace/a: { dependsOn: [kubernetes.config-map/a/b] }',
        ),
      ),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:3 resources["kubernetes.config-map/a/b"]: resources need each other: kubernetes.config-map/a/b → kubernetes.namespace/a → kubernetes.config-map/a/b",
      ]
    `);
  });
});

describe('one object, one resource', () => {
  test('two addresses of one object are an error that names both lines', async () => {
    expect(
      await complaintsAbout(
        `${manifest('vault.policy/Readers: { hcl: x y }')}vault: { address: "https://v", login: { auth: token, token: { env: T } }, policies: { readers: { hcl: x y } } }\n`,
      ),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:6:87 vault.policies.readers: is the same object as resources["vault.policy/Readers"] (lab.yaml:5:3): vault.policy/Readers",
      ]
    `);
  });

  test('one address for two objects is one, too', async () => {
    const yaml = `${manifest(
      'external-secrets.external-secret/a/b: { store: { name: s, kind: ClusterSecretStore }, data: [{ key: k, remote: { key: k } }] }',
    )}stores: { s: { type: kubernetes, namespace: s, auth: { type: service-account, serviceAccount: a/b } } }
secrets: { a/b: { name: other, readFrom: s, keys: { k: { at: k } } } }
`;
    expect(await complaintsAbout(yaml)).toMatchInlineSnapshot(`
      [
        "lab.yaml:7:12 secrets["a/b"]: the address external-secrets.external-secret/a/b means another object at resources["external-secrets.external-secret/a/b"] (lab.yaml:5:3)",
      ]
    `);
  });
});

test('an address in allowIrreversible that nothing has is a slip, and says so', async () => {
  const text = (address: string) =>
    `${manifest('kubernetes.config-map/a/b: { data: { k: v } }')}allowIrreversible: [${address}]\n`;
  expect(await complaintsAbout(text('kubernetes.config-map/a/c'))).toEqual([
    'lab.yaml:6:21 allowIrreversible[0]: names kubernetes.config-map/a/c, which this manifest does not have. Did you mean kubernetes.config-map/a/b?',
  ]);
  const loaded = await expanded(text('kubernetes.config-map/a/b'));
  expect(loaded.allowIrreversible).toEqual(new Set(['kubernetes.config-map/a/b']));
});
