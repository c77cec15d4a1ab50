import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { complaintsAbout, expanded, folderWith, loadFolder, shown } from './support/load.ts';

const head = 'apiVersion: lab/v1\nname: demo\n';
const vault = `${head}vault:
  address: https://v
  login: { auth: token, token: { file: secrets/token } }
  policies: { p: { file: policies/p.hcl } }
`;

describe('the manifest', () => {
  test('is lab.yaml or lab.yml of a folder, or a file, and complaints name it as it was asked for', async () => {
    const folder = await folderWith({ 'lab.yml': 'name: X\n', 'other.yaml': 'name: Y\n' });
    expect(shown(await loadFolder(folder), folder)).toContainEqual(expect.stringMatching(/^lab\.yml:1:7 name: /));
    expect(shown(await loadFolder(join(folder, 'other.yaml')), folder)).toContainEqual(
      expect.stringMatching(/^other\.yaml:1:7 name: /),
    );
    const path = relative(process.cwd(), folder);
    expect(await loadFolder(`./${path}`)).toMatchObject({
      diagnostics: expect.arrayContaining([expect.objectContaining({ at: `${path}/lab.yml:1:7` })]),
    });
    await writeFile(join(folder, 'lab.yaml'), 'name: Z\n');
    expect(shown(await loadFolder(folder), folder)).toContainEqual(expect.stringMatching(/^lab\.yaml:1:7 name: /));
  });

  test('that is not there is said so', async () => {
    const folder = await folderWith({});
    expect(shown(await loadFolder(join(folder, '.')), folder)).toEqual([
      'nowhere there is no lab.yaml in HERE; name one with -f, or write a first one with lab init',
    ]);
    expect(shown(await loadFolder(join(folder, 'lab.yaml')), folder)).toEqual([
      'nowhere lab.yaml does not exist; name one with -f, or write a first one with lab init',
    ]);
    await mkdir(join(folder, 'lab.yaml'));
    expect(shown(await loadFolder(folder), folder)).toEqual(['lab.yaml:1:1 lab.yaml is not a file']);
  });

  test('knows its folder', async () => {
    const folder = await folderWith({ 'lab.yaml': head });
    const loaded = await loadFolder(relative(process.cwd(), folder));
    expect(loaded.ok && loaded.manifest.folder).toBe(folder);
  });
});

describe('files that a manifest names', () => {
  test('lie in its folder', async () => {
    expect(await complaintsAbout(vault)).toMatchInlineSnapshot(`
      [
        "lab.yaml:6:26 vault.policies.p.file: the file policies/p.hcl does not exist",
      ]
    `);
    expect(await complaintsAbout(vault.replace('policies/p.hcl', '/etc/hosts'))).toMatchInlineSnapshot(`
      [
        "lab.yaml:6:26 vault.policies.p.file: must lie in the folder of the manifest: a relative path without ".."",
      ]
    `);
    expect(await complaintsAbout(vault.replace('policies/p.hcl', 'policies/../../p.hcl'))).toMatchInlineSnapshot(`
      [
        "lab.yaml:6:26 vault.policies.p.file: must lie in the folder of the manifest: a relative path without ".."",
      ]
    `);
  });

  test('do not lead out of it by a link', async () => {
    const outside = await folderWith({ 'p.hcl': 'x y', token: 'hunter2' });
    const folder = await folderWith({ 'lab.yaml': vault });
    await symlink(outside, join(folder, 'policies'));
    await mkdir(join(folder, 'secrets'));
    await symlink(join(outside, 'token'), join(folder, 'secrets/token'));
    expect(shown(await loadFolder(folder), folder)).toMatchInlineSnapshot(`
      [
        "lab.yaml:5:3 vault.login: the file secrets/token leads out of the folder of the manifest",
        "lab.yaml:6:26 vault.policies.p.file: the file policies/p.hcl leads out of the folder of the manifest",
      ]
    `);
  });

  test('values of secrets neither, and those need not be there', async () => {
    const yaml = `${head}cluster: { context: c }
resources: { kubernetes.secret/a/b: { data: { k: { file: value.txt } } } }
`;
    expect(await complaintsAbout(yaml)).toEqual([]);
    const outside = await folderWith({ 'value.txt': 'hunter2' });
    const folder = await folderWith({ 'lab.yaml': yaml });
    await symlink(join(outside, 'value.txt'), join(folder, 'value.txt'));
    expect(shown(await loadFolder(folder), folder)).toMatchInlineSnapshot(`
      [
        "lab.yaml:4:14 resources["kubernetes.secret/a/b"]: the file value.txt leads out of the folder of the manifest",
      ]
    `);
  });
});

describe('the digest of all inputs', () => {
  const yaml = `${vault}vars: { x: "1" }\nenvironments: { one: {}, two: {} }\n`;
  const digest = async (around: Parameters<typeof expanded>[1] = {}, text = yaml) =>
    (await expanded(text, { environment: 'one', files: { 'policies/p.hcl': 'x y' }, ...around })).inputs;

  test('is the same for the same input, wherever it lies', async () => {
    expect(await digest()).toBe(await digest());
    expect(await digest()).toMatch(/^[0-9a-f]{64}$/);
  });

  test('changes with every byte, file, environment and variable', async () => {
    const all = [
      await digest(),
      await digest({}, `${yaml}# \n`),
      await digest({ files: { 'policies/p.hcl': 'x z' } }),
      await digest({ environment: 'two' }),
      await digest({ vars: { x: '2' } }),
      await digest({ env: { LAB_VAR_x: '3' } }),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(await digest({ env: { UNRELATED: 'x' } })).toBe(all[0]);
  });
});
