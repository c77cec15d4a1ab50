import { describe, expect, test } from 'vitest';
import { complaintsAbout, expanded, resourceAt } from './support/load.ts';

const manifest = (...lines: readonly string[]) => `apiVersion: lab/v1
name: demo
vault:
  address: https://v
  login: { auth: token, token: { env: T } }
${lines.map((line) => `  ${line}\n`).join('')}`;

describe('audit devices', () => {
  const two = manifest(
    'audit: { file: { path: /vault/audit.log }, syslog: { type: syslog, options: { tag: vault } } }',
    'mounts: { secret: { type: kv-v2, maxVersions: 5 } }',
  );

  test('are files unless they say otherwise', async () => {
    const loaded = await expanded(two);
    expect(resourceAt(loaded, 'vault.audit-device/file').spec).toEqual({
      type: 'file',
      options: { file_path: '/vault/audit.log' },
    });
    expect(resourceAt(loaded, 'vault.audit-device/syslog').spec).toEqual({ type: 'syslog', options: { tag: 'vault' } });
    expect(loaded.diagnostics).toEqual([]);
  });

  test('come before everything else in Vault', async () => {
    const devices = ['vault.audit-device/file', 'vault.audit-device/syslog'];
    const loaded = await expanded(two);
    expect(resourceAt(loaded, 'vault.mount/secret').dependsOn).toEqual(devices);
    expect(resourceAt(loaded, 'vault.kv-config/secret').dependsOn).toEqual(devices);
    expect(resourceAt(loaded, 'vault.audit-device/file').dependsOn).toEqual([]);
  });

  test('are two, or the plan warns', async () => {
    const { diagnostics } = await expanded(manifest('audit: { file: { path: stdout } }'));
    expect(diagnostics).toMatchObject([{ code: 'ONE_AUDIT_DEVICE', severity: 'warning' }]);
  });

  test('of type file have a path, the others have none; none of them logs secrets', async () => {
    expect(
      await complaintsAbout(manifest('audit: { file: {}, syslog: { type: syslog, path: /x } }')),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:6:12 vault.audit.file.path: is missing; name a file on the server of Vault, or stdout",
        "lab.yaml:6:52 vault.audit.syslog.path: belongs to type file; what other types need goes into options",
      ]
    `);
    expect(
      await complaintsAbout(manifest('audit: { file: { path: stdout, options: { log_raw: "true" } } }')),
    ).toMatchInlineSnapshot(`
      [
        "lab.yaml:6:12 vault.audit.file: options: log_raw writes secrets into the log; lab makes no such device",
      ]
    `);
  });
});

test('password policies are text or a file, not both', async () => {
  const hcl = 'length = 20\nrule "charset" { charset = "${x}" }\n';
  const loaded = await expanded(
    manifest('passwordPolicies: { text: { hcl: "length = 20" }, file: { file: long.hcl } }'),
    { files: { 'long.hcl': hcl } },
  );
  expect(resourceAt(loaded, 'vault.password-policy/text').spec).toEqual({ hcl: 'length = 20' });
  expect(resourceAt(loaded, 'vault.password-policy/file').spec).toEqual({ hcl });
  expect(await complaintsAbout(manifest('passwordPolicies: { both: { hcl: x, file: y } }'))).toMatchInlineSnapshot(`
    [
      "lab.yaml:6:23 vault.passwordPolicies.both: must be one of hcl and file",
    ]
  `);
});

test('a group with an alias is external, one without is internal', async () => {
  const loaded = await expanded(
    manifest(
      'groups:',
      '  people: { policies: [ops], alias: { mount: oidc, name: devs } }',
      '  inner: { policies: [] }',
    ),
  );
  expect(resourceAt(loaded, 'vault.identity-group/people').spec).toEqual({ type: 'external', policies: ['ops'] });
  expect(resourceAt(loaded, 'vault.identity-group-alias/people').spec).toEqual({ mount: 'oidc', name: 'devs' });
  expect(resourceAt(loaded, 'vault.identity-group/inner').spec).toEqual({ type: 'internal', policies: [] });
});
