import { describe, expect, test } from 'vitest';
import { complaintsAbout, expanded, resourceAt } from './support/load.ts';

const manifest = (vars: string, note: string, more = '') => `apiVersion: lab/v1
name: demo
vars: ${vars}
cluster: { context: c }
resources:
  vault.mount/a: { type: kv-v2, description: ${JSON.stringify(note)} }
vault: { address: "https://v", login: { auth: token, token: { env: T } } }
${more}`;

const noteOf = async (...[yaml, around]: Parameters<typeof expanded>) =>
  resourceAt(await expanded(yaml, around), 'vault.mount/a').spec['description'];

describe('variables', () => {
  test('${env} and ${vars.x} stand anywhere in a value, also in other variables', async () => {
    const yaml = manifest('{ kv: "lab-${env}-kv", url: "https://${vars.kv}.example" }', 'at ${vars.url}/${env}');
    expect(await noteOf(yaml)).toBe('at https://lab-default-kv.example/default');
  });

  test('$${ is a literal ${, and any other ${ is plain text', async () => {
    const yaml = manifest('{ x: "1" }', '$${vars.x} ${vars.x} $$${vars.x} ${HOME} ${ open');
    expect(await noteOf(yaml)).toBe('${vars.x} 1 $${vars.x} ${HOME} ${ open');
  });

  test('--var goes before LAB_VAR_, which goes before the overlay, which goes before the base', async () => {
    const yaml = manifest('{ x: base }', '${vars.x}', 'environments: { dev: { vars: { x: overlay } }, other: {} }\n');
    const env = { LAB_VAR_x: 'environment', LAB_VAR_undeclared: 'ignored' };
    expect(await noteOf(yaml, { environment: 'other' })).toBe('base');
    expect(await noteOf(yaml, { environment: 'dev' })).toBe('overlay');
    expect(await noteOf(yaml, { environment: 'dev', env })).toBe('environment');
    expect(await noteOf(yaml, { environment: 'dev', env, vars: { x: 'flag' } })).toBe('flag');
  });

  test('an override is text and means itself', async () => {
    const yaml = manifest('{ x: "", y: "" }', '${vars.x}');
    expect(await noteOf(yaml, { vars: { x: '${vars.y}${env}$${' } })).toBe('${vars.y}${env}$${');
  });

  test('what is wrong with variables', async () => {
    expect(await complaintsAbout(manifest('{ region: eu }', '${vars.regoin}'))).toMatchInlineSnapshot(`
      [
        "lab.yaml:6:46 resources["vault.mount/a"].description: there is no variable regoin. Did you mean region?",
      ]
    `);
    expect(await complaintsAbout(manifest('{ a: "${vars.b}", b: "${vars.a}" }', 'x'))).toMatchInlineSnapshot(`
      [
        "lab.yaml:3:28 vars.b: the variable needs itself: a → b → a",
      ]
    `);
    expect(await complaintsAbout(manifest('{ port: 8200, 9x: "" }', 'x'))).toMatchInlineSnapshot(`
      [
        "lab.yaml:3:15 vars.port: is a number; text is expected; put it in quotes",
        "lab.yaml:3:21 vars["9x"]: the key is no name of a variable; use letters, digits, "_" and "-"",
      ]
    `);
    expect(await complaintsAbout(manifest('{ region: eu }', 'x'), { vars: { regon: 'x' } })).toMatchInlineSnapshot(`
      [
        "nowhere --var regon: the manifest declares no such variable. Did you mean region?",
      ]
    `);
  });

  test('a missing variable is one complaint, not two', async () => {
    const yaml = manifest('{}', 'x', 'stores: { s: { type: "${vars.kind}" } }\n');
    expect(await complaintsAbout(yaml)).toMatchInlineSnapshot(`
      [
        "lab.yaml:8:22 stores.s.type: there is no variable kind",
      ]
    `);
  });

  test('variables cannot add up without bounds', async () => {
    const doubling = Array.from({ length: 40 }, (_, index) => `v${index + 1}: "\${vars.v${index}}\${vars.v${index}}"`);
    const yaml = manifest(`{ v0: "0123456789", ${doubling.join(', ')} }`, '${vars.v40}');
    expect(await complaintsAbout(yaml)).toEqual([
      expect.stringContaining('variables add up to more than 1048576 characters'),
    ]);
  });
});
