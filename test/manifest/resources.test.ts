import { describe, expect, test } from 'vitest';
import { complaintsAbout } from './support/load.ts';

const head = 'apiVersion: lab/v1\nname: demo\ncluster: { context: c }\n';

/** Complaints about a manifest that goes on with these lines after its head of three. */
const about = (...lines: readonly string[]) => complaintsAbout(`${head}${lines.join('\n')}\n`);

describe('resources', () => {
  test('an address is checked for its form, its kind and its parts', async () => {
    expect(
      await about(
        'resources:',
        '  foo: {}',
        '  vault.polcy/x: {}',
        '  vault.kv-secret/secret/crossplane/azure: {}',
        '  kubernetes.namespace/a%zz: {}',
        '  cloud.thing/x: {}',
        '  vault.kubernetes-auth-role/kubernetes/-bad-: { serviceAccountNames: [a], serviceAccountNamespaces: [b], policies: [] }',
      ),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:3 resources.foo: is no address; one is provider.kind/NAME or provider.kind/SCOPE/NAME",
        "lab.yaml:6:3 resources["vault.polcy/x"]: there is no kind vault.polcy. Did you mean vault.policy?",
        "lab.yaml:7:3 resources["vault.kv-secret/secret/crossplane/azure"]: is not vault.kv-secret/MOUNT/PATH; a "/" inside a part is written %2F",
        "lab.yaml:8:3 resources["kubernetes.namespace/a%zz"]: is no address; one is provider.kind/NAME or provider.kind/SCOPE/NAME",
        "lab.yaml:9:3 resources["cloud.thing/x"]: there is no kind cloud.thing",
        "lab.yaml:10:3 resources["vault.kubernetes-auth-role/kubernetes/-bad-"]: "-bad-" is not a name for a Vault role. Use letters, digits, "_", "-" and ".", with a letter, digit or "_" at both ends.",
      ]
    `);
  });

  test("a spec is checked by the kind's own schema", async () => {
    expect(
      await about(
        'resources:',
        '  vault.mount/a: { typ: kv-v2 }',
        '  kubernetes.config-map/a/b: { data: { k: 5 } }',
        '  kubernetes.secret/a/b: { data: { k: hunter2, l: { env: A, onMissingSource: x }, m: { envv: A } } }',
        '  vault.policy/p: { hcl: "path", paths: { a: [read] } }',
      ),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:3 resources["vault.mount/a"].type: is missing; text is expected",
        "lab.yaml:5:20 resources["vault.mount/a"].typ: is no key here. Did you mean type?",
        "lab.yaml:6:43 resources["kubernetes.config-map/a/b"].data.k: is a number; text is expected; put it in quotes",
        "lab.yaml:7:39 resources["kubernetes.secret/a/b"].data.k: must name one source: {env: NAME}, {file: PATH} or {generate: {}}",
        "lab.yaml:7:78 resources["kubernetes.secret/a/b"].data.l.onMissingSource: "x" is not one of keep, enforce",
        "lab.yaml:7:88 resources["kubernetes.secret/a/b"].data.m.envv: is no key here. Did you mean env?",
        "lab.yaml:8:3 resources["vault.policy/p"]: a policy has either paths or hcl",
      ]
    `);
  });

  test('what is missing, empty or of another type is told with what is expected', async () => {
    expect(
      await about(
        'resources:',
        '  azure.federated-credential/g/i/c: {}',
        '  azure.resource-group/g: { location: 5 }',
        '  vault.jwt-auth-role/jwt/r: { userClaim: "", policies: [""], redirectUris: [], audiences: "a" }',
        '  vault.policy/p: { paths: { "a/*": [raed] } }',
        '  azure.managed-identity/g/i: { tags: { "": a } }',
      ),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:3 resources["azure.federated-credential/g/i/c"].issuer: is missing; text is expected",
        "lab.yaml:5:3 resources["azure.federated-credential/g/i/c"].subject: is missing; text is expected",
        "lab.yaml:5:3 resources["azure.federated-credential/g/i/c"].audiences: is missing; a list is expected",
        "lab.yaml:6:39 resources["azure.resource-group/g"].location: is a number; text is expected; put it in quotes",
        "lab.yaml:7:43 resources["vault.jwt-auth-role/jwt/r"].userClaim: is empty; text is expected",
        "lab.yaml:7:58 resources["vault.jwt-auth-role/jwt/r"].policies[0]: is empty; text is expected",
        "lab.yaml:7:92 resources["vault.jwt-auth-role/jwt/r"].audiences: is text; a list is expected",
        "lab.yaml:8:38 resources["vault.policy/p"].paths["a/*"][0]: "raed" is not one of create, read, update, patch, delete, list, sudo, deny, subscribe, recover. Did you mean read?",
        "lab.yaml:9:41 resources["azure.managed-identity/g/i"].tags[""]: the key is empty; a name is expected",
      ]
    `);
  });

  test('a field with a reference hides nothing that is wrong beside it', async () => {
    expect(
      await about(
        'resources:',
        '  kubernetes.config-map/a/b: { data: {} }',
        '  azure.federated-credential/g/i/c: { issuer: "${kubernetes.config-map/a/b#name}" }',
        '  vault.mount/a: { type: kv, tipe: "${kubernetes.config-map/a/b#name}" }',
      ),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:6:3 resources["azure.federated-credential/g/i/c"].subject: is missing; text is expected",
        "lab.yaml:6:3 resources["azure.federated-credential/g/i/c"].audiences: is missing; a list is expected",
        "lab.yaml:7:30 resources["vault.mount/a"].tipe: is no key here. Did you mean type?",
      ]
    `);
  });

  test('a value that cannot be read has one complaint, not a second one of its kind', async () => {
    expect(
      await about(
        'resources:',
        '  vault.kv-secret/secret/a: { data: { k: { envv: A } } }',
        '  azure.federated-credential/g/i/c: { issuer: "${x}", subject: s, audiences: [] }',
      ),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:44 resources["vault.kv-secret/secret/a"].data.k.envv: is no key here. Did you mean env?",
        "lab.yaml:6:47 resources["azure.federated-credential/g/i/c"].issuer: \${x} is not a reference; write \${ADDRESS#output}, or $\${ for a literal \${",
        "lab.yaml:6:67 resources["azure.federated-credential/g/i/c"].audiences: must hold exactly one audience",
      ]
    `);
  });

  test('a name of another resource that its kind does not take is told at the line, with what it may be', async () => {
    expect(
      await about(
        'resources:',
        '  vault.database-role/database/r: { connection: "my db!", create: [SELECT] }',
        '  azure.key-vault-secret/v_/s: { value: { env: A } }',
      ),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:3 resources["vault.database-role/database/r"]: needs the section vault, with address and login",
        "lab.yaml:6:3 resources["azure.key-vault-secret/v_/s"]: "v_" cannot be the name of a key vault. It has 3 to 24 letters, digits and single dashes, and begins with a letter.",
      ]
    `);
    expect(
      await about('resources:', '  vault.database-role/database/r: { connection: "my db!", create: [SELECT] }'),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:3 resources["vault.database-role/database/r"]: "my db!" is not a name for a database connection of Vault. Use letters, digits, "_", "-" and ".", with a letter, digit or "_" at both ends.",
        "lab.yaml:5:3 resources["vault.database-role/database/r"]: needs the section vault, with address and login",
      ]
    `);
  });

  test('dependsOn, manage and contribute belong to every resource', async () => {
    expect(
      await about(
        'resources:',
        '  kubernetes.namespace/a: { dependsOn: [foo], manage: existin }',
        '  kubernetes.namespace/b: { manage: existing, contribute: true }',
        '  kubernetes.config-map/a/b: { contribute: true }',
      ),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:55 resources["kubernetes.namespace/a"].manage: "existin" is not one of create, existing. Did you mean existing?",
      ]
    `);
    expect(
      await about(
        'resources:',
        '  kubernetes.namespace/a: { dependsOn: [foo] }',
        '  kubernetes.namespace/b: { manage: existing, contribute: true }',
        '  kubernetes.config-map/a/b: { contribute: true }',
      ),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:41 resources["kubernetes.namespace/a"].dependsOn[0]: is no address, provider.kind/NAME",
        "lab.yaml:6:59 resources["kubernetes.namespace/b"].contribute: manage: existing writes nothing, so there is nothing to contribute",
        "lab.yaml:7:44 resources["kubernetes.config-map/a/b"].contribute: lab owns a kubernetes.config-map whole or not at all; leave contribute away",
      ]
    `);
  });
});
