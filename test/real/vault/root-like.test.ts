import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect, test } from 'vitest';
import { expanded } from '../../manifest/support/load.ts';
import { stranger, uniqueName } from './server.ts';

// With one right of those that lab warns of, and nothing else, somebody comes to rights that nobody gave him.

const keys = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' });
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const tokenOf = (subject: string, key: KeyObject): string => {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: 'ci', sub: subject, aud: 'vault', groups: ['people'], iat: now, nbf: now, exp: now + 300 };
  const head = `${encoded({ alg: 'RS256', typ: 'JWT' })}.${encoded(claims)}`;
  return `${head}.${createSign('RSA-SHA256').update(head).sign(key, 'base64url')}`;
};

const roleOf = (subject: string, policy: string) => ({
  role_type: 'jwt',
  user_claim: 'sub',
  groups_claim: 'groups',
  bound_audiences: ['vault'],
  bound_subject: subject,
  token_policies: [policy],
});

/** Somebody with a login of his own and one right; and somebody with the policy that he is after. */
const scene = async (path: string, capabilities: readonly string[]) => {
  const [mount, low, high] = [uniqueName('jwt'), uniqueName('low'), uniqueName('high')];
  const issuer = keys();
  const highText = `path "sys/policies/acl/${high}" { capabilities = ["read"] }`;
  await stranger('POST', `sys/policies/acl/${high}`, { policy: highText });
  await stranger('POST', `sys/auth/${mount}`, { type: 'jwt' });
  await stranger('POST', `auth/${mount}/config`, { jwt_validation_pubkeys: [pem(issuer.publicKey)] });
  await stranger('POST', `auth/${mount}/role/low`, roleOf('me', low));
  await stranger('POST', `auth/${mount}/role/high`, roleOf('boss', high));
  const logIn = async (role: string, subject: string, key = issuer.privateKey) =>
    (await stranger('POST', `auth/${mount}/login`, { role, jwt: tokenOf(subject, key) }, '')).body.auth;
  const me = await logIn('low', 'me');
  const { accessor } = (await stranger('GET', `sys/auth/${mount}`)).body.data;
  // Somebody who logs in elsewhere.
  const somebody = { name: uniqueName('boss'), policies: [high] };
  const boss: string = (await stranger('POST', 'identity/entity', somebody)).body.data.id;
  const group = { name: uniqueName('admins'), type: 'external', policies: [high] };
  const admins: string = (await stranger('POST', 'identity/group', group)).body.data.id;
  await stranger('POST', `sys/auth/${mount}-machines`, { type: 'approle' });
  await stranger('POST', `auth/${mount}-machines/role/boss`, { token_policies: [high] });
  const roleId: string = (await stranger('GET', `auth/${mount}-machines/role/boss/role-id`)).body.data.role_id;

  const filled = path.replace('MOUNT', mount).replace('LOW', low).replace('ENTITY', me.entity_id);
  await stranger('POST', `sys/policies/acl/${low}`, {
    policy: `path "${filled}" { capabilities = ${JSON.stringify(capabilities)} }`,
  });
  return {
    path: filled,
    mount,
    high,
    highText,
    accessor,
    admins,
    boss,
    me: String(me.entity_id),
    mine: String(me.client_token),
    machine: { role_id: roleId, path: `${mount}-machines` },
    /** Logs in as himself. */
    again: async () => String((await logIn('low', 'me')).client_token),
    asBoss: async (key: KeyObject) => String((await logIn('high', 'boss', key)).client_token),
    write: async (body: object) => {
      const { body: answer } = await stranger('POST', filled, body, me.client_token);
      expect(answer.errors).toBeUndefined();
      return answer;
    },
    isHigh: async (token: string) =>
      (await stranger('GET', `sys/policies/acl/${high}`, undefined, token)).status === 200,
  };
};

type Scene = Awaited<ReturnType<typeof scene>>;

const own = keys();

const climbs: readonly {
  readonly path: string;
  readonly capabilities?: readonly string[];
  /** Comes to a token with the other policy. */
  readonly climb: (on: Scene) => Promise<string>;
}[] = [
  {
    path: 'sys/policies/acl/LOW',
    climb: async ({ write, highText, mine }) => {
      await write({ policy: highText });
      return mine;
    },
  },
  {
    path: 'auth/MOUNT/role/low',
    climb: async ({ write, high, again }) => {
      await write(roleOf('me', high));
      return again();
    },
  },
  {
    path: 'auth/MOUNT/config',
    climb: async ({ write, asBoss }) => {
      await write({ jwt_validation_pubkeys: [pem(own.publicKey)] });
      return asBoss(own.privateKey);
    },
  },
  {
    path: 'identity/group',
    climb: async ({ write, high, me, mine }) => {
      await write({ name: uniqueName('mine'), policies: [high], member_entity_ids: [me] });
      return mine;
    },
  },
  {
    path: 'identity/entity/id/ENTITY',
    climb: async ({ write, high, mine }) => {
      await write({ policies: [high] });
      return mine;
    },
  },
  {
    path: 'identity/entity-alias',
    climb: async ({ write, accessor, boss, again }) => {
      await write({ name: 'me', mount_accessor: accessor, canonical_id: boss });
      return again();
    },
  },
  {
    path: 'identity/group-alias',
    climb: async ({ write, accessor, admins, again }) => {
      await write({ name: 'people', mount_accessor: accessor, canonical_id: admins });
      return again();
    },
  },
  {
    path: 'identity/entity/merge',
    climb: async ({ write, boss, me, mine }) => {
      await write({ from_entity_ids: [me], to_entity_id: boss });
      return mine;
    },
  },
  {
    path: 'auth/token/create',
    capabilities: ['update', 'sudo'],
    climb: async ({ write, high }) => (await write({ policies: [high] })).auth.client_token,
  },
  {
    path: 'auth/MOUNT-machines/role/boss/secret-id',
    climb: async ({ write, machine: { path, ...login } }) => {
      const { secret_id } = (await write({})).data;
      return (await stranger('POST', `auth/${path}/login`, { ...login, secret_id }, '')).body.auth.client_token;
    },
  },
];

/** What lab says of a policy with that right, where the role of the machine is a strong one. */
const warnings = async (
  path: string,
  capabilities: readonly string[],
  machines: string,
): Promise<readonly string[]> => {
  const loaded = await expanded(`apiVersion: lab/v1
name: demo
cluster: { context: c }
vault:
  address: https://v
  login: { auth: token, token: { env: T } }
  policies:
    p: { paths: { ${path}: [${capabilities.join(', ')}] } }
    boss: { paths: { sys/policies/acl/boss: [create] } }
  auth: { ${machines}: { type: approle, roles: { boss: { policies: [boss] } } } }
`);
  return loaded.diagnostics.flatMap(({ code, message }) =>
    code === 'ROOT_LIKE' && message.startsWith('vault.policies.p:') ? [message] : [],
  );
};

test.each(climbs)('who may write $path climbs', async ({ path, capabilities = ['update'], climb }) => {
  const on = await scene(path, capabilities);
  expect(await on.isHigh(on.mine)).toBe(false);
  expect(await on.isHigh(await on.again())).toBe(false);
  expect(await on.isHigh(await climb(on))).toBe(true);
  expect(await warnings(on.path, capabilities, on.machine.path)).toEqual([
    expect.stringContaining(`(${on.path}) in Vault, and so take any right`),
  ]);
});
