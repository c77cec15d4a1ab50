import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { planText } from '../../src/views/plan-text.ts';
import { noScreen } from '../../src/views/screen.ts';
import { styleFor } from '../../src/views/style.ts';
import { change, deferred, field, plan } from './literal-plan.ts';

const differences = { detail: 'differences' } as const;

describe('a plan on a screen', () => {
  test('shows what one blocked resource holds up as one line, with the root of the chain', async () => {
    const needing = (address: string, need: string) =>
      change(address, {
        standing: { is: 'blocked', because: `needs ${need}`, root: false },
        dependsOn: ['vault.policy/fine', need],
      });
    const text = await planText(
      plan([
        change('vault.mount/secret', { standing: { is: 'blocked', because: '403 for sys/mounts', root: true } }),
        change('vault.policy/fine'),
        needing('vault.kv-config/secret', 'vault.mount/secret'),
        needing('vault.kv-secret/secret/a', 'vault.kv-config/secret'),
        needing('vault.kv-secret/secret/b', 'vault.kv-secret/secret/a'),
        needing('external-secrets.external-secret/a/b', 'vault.kv-secret/secret/b'),
      ]),
      differences,
    );
    expect(text.split('\n').filter((line) => line.startsWith('  '))).toMatchInlineSnapshot(`
      [
        "  ! external-secrets.external-secret/a/b  needs vault.mount/secret",
        "  ! vault.mount/secret                    403 for sys/mounts",
        "  ! 3 resources                           need vault.mount/secret",
      ]
    `);
  });

  test('shows texts and maps line by line, and one that is too long for that whole', async () => {
    const policy = (rule: string) => `path "secret/data/*" {\n  capabilities = [${rule}]\n}\n`;
    const long = (end: string) => `${'line\n'.repeat(400)}${end}`;
    const updated = change('vault.policy/a', {
      actions: ['update'],
      fields: [
        field('hcl', policy('"read"'), policy('"read", "list"'), { cause: 'both' }),
        { path: 'data', before: { known: { a: { b: 1 } } }, after: { known: { a: { b: 2 } } }, cause: 'pending' },
        field('long', long('a'), long('b')),
        field('ttl', 3600, 1200),
      ],
    });
    const text = await planText(plan([updated]), differences);
    expect(
      text
        .split('\n')
        .slice(4, -2)
        .map((line) => line.slice(0, 60)),
    ).toMatchInlineSnapshot(`
      [
        "  ~ vault.policy/a",
        "      hcl   changed by somebody else and in the manifest",
        "          path "secret/data/*" {",
        "        -   capabilities = ["read"]",
        "        +   capabilities = ["read", "list"]",
        "          }",
        "      data",
        "          {",
        "            a: {",
        "        -     b: 1",
        "        +     b: 2",
        "            }",
        "          }",
        "      long  "line\\nline\\nline\\nline\\nline\\nline\\nline\\nline\\",
        "      ttl   3600 → 1200",
      ]
    `);
  });

  test('cuts values to a narrow screen, and never an address nor what an approval rests on', async () => {
    const address = `kubernetes.secret/crossplane-system/${'long-'.repeat(20)}name`;
    const updated = change(address, { actions: ['update'], fields: [field('note', 'a'.repeat(99), 'b'.repeat(99))] });
    const screen = { ...noScreen, width: 60 };
    const lines = (await planText(plan([updated]), { ...differences, screen })).split('\n');
    expect(lines.slice(4, 6)).toEqual([`  ~ ${address}`, expect.stringMatching(/^ {6}note {2}a+…a+ → b+…b+$/)]);
    expect(lines[5]?.length).toBeLessThanOrEqual(60);
    const whole = await planText(plan([updated]), { detail: 'everything', screen });
    expect(whole).toContain(`${'a'.repeat(99)} → ${'b'.repeat(99)}`);
  });

  test('is coloured by what happens, and reads the same without colours', async () => {
    const drawn = plan([
      change('vault.mount/a', { actions: ['create'] }),
      change('vault.mount/b', { actions: ['delete'], protect: 'all in it' }),
      deferred('vault.policy/c'),
    ]);
    const style = styleFor({ isTTY: false, env: { FORCE_COLOR: '1' } });
    const coloured = await planText(drawn, { ...differences, screen: { style, width: undefined } });
    expect(coloured).toContain('\u001b[32m+ vault.mount/a\u001b[39m');
    expect(stripVTControlCharacters(coloured)).toBe(await planText(drawn, differences));
  });
});
