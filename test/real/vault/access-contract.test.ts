import type { Fields } from '../../../src/engine/value.ts';
import { vault } from '../../../src/providers/vault/index.ts';
import { describeKind } from '../../support/kind-contract.ts';
import { resource } from '../../support/world.ts';
import { connect, stranger, uniqueName } from './server.ts';

const { kinds } = vault;
const opened = async () => [await connect()];

describeKind('vault.audit-device', async () => {
  const path = uniqueName('audit');
  const at = (spec: Fields) =>
    resource(`vault.audit-device/${path}`, { type: 'file', options: { file_path: 'discard' }, ...spec });
  return {
    connect: opened,
    kinds,
    example: [at({ description: 'who did what' })],
    changed: at({ description: 'who did what', options: { file_path: 'discard', format: 'jsonx' } }),
    changes: ['options.format'],
  };
});

describeKind('vault.password-policy', async () => {
  const name = uniqueName('Passwords');
  const at = (length: number) =>
    resource(`vault.password-policy/${name}`, {
      hcl: `length = ${length}\nrule "charset" {\n  charset = "abcdefghijklmnopqrstuvwxyz"\n}\n`,
    });
  return { connect: opened, kinds, example: [at(20)], changed: at(24), changes: ['hcl'] };
});

describeKind('vault.identity-group', async () => {
  const name = uniqueName('People');
  const at = (spec: Fields) =>
    resource(`vault.identity-group/${name}`, { type: 'internal', policies: ['Dev', 'ops'], ...spec });
  return {
    connect: opened,
    kinds,
    example: [at({ metadata: { team: 'lab' } })],
    changed: at({ metadata: { team: 'lab' }, policies: ['Dev'] }),
    changes: ['policies'],
    without: { resource: at({}), field: 'metadata' },
    stranger: {
      add: async () => {
        const { body } = await stranger('POST', 'identity/group', { name: uniqueName('inner') });
        await stranger('POST', `identity/group/name/${name}`, { member_group_ids: [body.data.id] });
      },
      isThere: async () =>
        (await stranger('GET', `identity/group/name/${name}`)).body.data.member_group_ids?.length === 1,
    },
  };
});

describeKind('vault.identity-group-alias', async () => {
  const [group, mount, other] = [uniqueName('Devs'), uniqueName('jwt'), uniqueName('oidc')];
  const at = (spec: Fields) => resource(`vault.identity-group-alias/${group}`, { mount, name: 'devs', ...spec });
  return {
    connect: opened,
    kinds,
    example: [
      resource(`vault.auth-method/${mount}`, { type: 'jwt' }),
      resource(`vault.auth-method/${other}`, { type: 'jwt' }),
      resource(`vault.identity-group/${group}`, { type: 'external', policies: ['dev'] }),
      at({}),
    ],
    changed: at({ mount: other, name: 'developers' }),
    changes: ['mount', 'name'],
  };
});
