import { describe, expect, onTestFinished, test } from 'vitest';
import type { Resource } from '../../../src/engine/resource.ts';
import { reference } from '../../../src/engine/value.ts';
import { azure } from '../../../src/providers/azure/index.ts';
import type { AzureSandboxOptions } from '../../../src/sandbox/azure/start.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { fromSource } from '../../../src/secrets/source.ts';
import { armOf, roles } from '../../sandbox/azure/arm.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { applyAll, type Bench, deskFrom, plan } from '../../support/world.ts';
import { at, strangers, withSubscription } from './arm-cases.ts';
import { connect, principals, sandbox, subscription } from './sandbox.ts';

const value = fromSource({
  source: { from: 'env', name: 'VALUE' },
  onMissingSource: 'keep',
  onExternalChange: 'keep',
  at: 'lab.yaml:1:1',
});
const location = 'westeurope';
const user = 'Key Vault Secrets User';
const principalId = reference([{ address: 'azure.managed-identity/lab/eso', output: 'principalId' }]);
const officer = ['lab', 'lab-kv', 'self', 'Key Vault Secrets Officer'];
const group = at('resource-group', ['lab'], { location });
const vault = at('key-vault', ['lab-kv'], { resourceGroup: 'lab', location, retentionDays: 7 });
const identity = at('managed-identity', ['lab', 'eso'], {});
const grant = at('role-assignment', ['lab', 'lab-kv', 'eso', user], { principalId });
const needed = (resource: Resource, ...dependsOn: string[]): Resource => ({ ...resource, dependsOn });
const mine = at('role-assignment', officer, { principalId: 'self' });

/** Everything that a store which lab makes consists of. */
const chain: readonly Resource[] = [
  group,
  vault,
  identity,
  at('federated-credential', ['lab', 'eso', 'cluster'], {
    issuer: 'https://oidc.example.com/a/',
    subject: 'system:serviceaccount:eso:reader',
    audiences: ['api://AzureADTokenExchange'],
  }),
  grant,
  mine,
  needed(at('key-vault-secret', ['lab-kv', 'app'], { value }), mine.address),
];

const start = async (options: Partial<AzureSandboxOptions> = {}) => {
  const box = await sandbox({ vaults: [], ...options });
  const entered = [{ group: 'lab', vault: 'lab-kv' }];
  const connection = await connect(box, { config: { ...withSubscription.config, entered } });
  onTestFinished(() => connection.close());
  const bench: Bench = {
    kinds: azure.kinds,
    connections: [connection],
    store: memoryStore(),
    desk: deskFrom({ VALUE: 'the-value' }, async (read) => secret(read)),
  };
  const officerLogin = principals.officer;
  const arm = () => armOf(box, { client_id: officerLogin.clientId, client_secret: officerLogin.clientSecret });
  return { box, bench, connection, arm };
};

const worked = { failed: [], diagnostics: [] };

describe('a store of Azure from nothing', () => {
  test.each<[string, Partial<AzureSandboxOptions>]>([
    ['at once', {}],
    ['where what takes long takes long', { settleMs: 400 }],
    ['where a new identity is not known yet', { quirks: { stalePrincipals: 2 } }],
    ['where a vault has not heard of a new role', { quirks: { staleAssignments: 3 } }],
    ['where every fourth call is one too many', { quirks: { throttleEvery: 4, retryAfter: 0 } }],
    ['where all of it holds', { settleMs: 100, quirks: { stalePrincipals: 1, staleAssignments: 2, throttleEvery: 5 } }],
  ])('comes about %s, and then nothing is left to do', async (_, options) => {
    const { bench, connection } = await start(options);
    expect(await applyAll(bench, chain)).toMatchObject(worked);
    const before = connection.writes();
    expect((await plan(bench, chain)).summary).toMatchObject({ none: chain.length, create: 0, update: 0 });
    expect(await applyAll(bench, chain)).toMatchObject({ ...worked, done: [] });
    expect(connection.writes()).toBe(before);
  });

  test('says what it waits for', async () => {
    const { bench } = await start({ settleMs: 2_000, quirks: { staleAssignments: 2 } });
    const { events } = await applyAll(bench, chain);
    const waits = events.flatMap((event) => (event.type === 'waiting' ? `${event.address}: ${event.for}` : []));
    expect(new Set(waits)).toEqual(
      new Set([
        `${vault.address}: Azure is registering the name lab-kv (RegisteringDns)`,
        `${mine.address}: the vault lab-kv has not heard of the role of self yet`,
      ]),
    );
  });

  test('goes on where a run ended between the vault and the role that lets lab in', async () => {
    const { bench } = await start({ quirks: { staleAssignments: 2 } });
    await applyAll(bench, [group, vault]);
    const change = (await plan(bench, chain)).changes.find(({ kind }) => kind === 'azure.key-vault-secret');
    expect(change?.standing).toEqual({
      is: 'deferred',
      gate: 'azure.entry/lab-kv',
      because: 'the vault lab-kv has not heard of the role of lab itself yet',
    });
    expect(await applyAll(bench, chain)).toMatchObject(worked);
    expect((await plan(bench, chain)).summary).toMatchObject({ none: chain.length });
  });

  test('goes again in order, and what is left of the vault is told', async () => {
    const { box, bench } = await start();
    await applyAll(bench, chain);
    const { failed, diagnostics } = await applyAll(bench, [], { allowDataLoss: true });
    expect(failed).toEqual([]);
    const until = new Date(Date.now() + 7 * 24 * 3600 * 1000).toISOString().slice(0, 10);
    expect(diagnostics.map(({ severity, code, message }) => [severity, code, message])).toEqual([
      ['warning', 'RECOVERABLE', `the vault lab-kv can be recovered with its secrets until ${until}`],
    ]);
    await expect(strangers(box).vaults.get('lab', 'lab-kv')).rejects.toMatchObject({ code: 'ResourceGroupNotFound' });
  });

  test('comes back after all of it went, and the plan says so first', async () => {
    const { bench } = await start();
    await applyAll(bench, chain);
    await applyAll(bench, [], { allowDataLoss: true });
    const found = (await plan(bench, chain)).changes.find(({ address }) => address === vault.address);
    expect(found?.notes.join()).toContain('it is taken back with its secrets');
    expect(await applyAll(bench, chain)).toMatchObject(worked);
    expect((await plan(bench, chain)).summary).toMatchObject({ none: chain.length });
  });

  test('takes a deleted vault back with its secrets', async () => {
    const { box, bench } = await start();
    await applyAll(bench, chain);
    await strangers(box).vaults.delete('lab', 'lab-kv');
    const found = (await plan(bench, chain)).changes.find(({ address }) => address === vault.address);
    expect(found).toMatchObject({ actions: ['recover'], missing: true });
    expect(found?.notes.join()).toMatch(
      /^a vault of this name was deleted on \S+ and is kept until \S+; it is taken back with its secrets$/,
    );
    expect(await applyAll(bench, chain)).toMatchObject(worked);
    expect((await plan(bench, chain)).summary).toMatchObject({ none: chain.length });
  });
});

describe('a vault', () => {
  test('whose name somebody else in the world has is refused', async () => {
    const { bench } = await start({ vaults: ['lab-kv'] });
    const { failed, diagnostics } = await applyAll(bench, [group, vault]);
    expect(failed).toEqual([vault.address]);
    expect(diagnostics[0]).toMatchObject({ code: 'CONFLICT', next: /Names of key vaults are global/ });
  });

  test('that was deleted in another group can only come back there', async () => {
    const { box, bench } = await start();
    await applyAll(bench, [group, vault]);
    await strangers(box).vaults.delete('lab', 'lab-kv');
    const other = at('resource-group', ['other'], { location });
    const moved = at('key-vault', ['lab-kv'], { resourceGroup: 'other', location });
    const { diagnostics } = await applyAll(bench, [group, other, moved]);
    expect(diagnostics[0]).toMatchObject({
      code: 'CONFLICT',
      message: 'the vault lab-kv was deleted from the resource group lab in westeurope, and keeps its name',
    });
  });

  test('is not planned to be changed in what Azure never changes', async () => {
    const { bench } = await start();
    await applyAll(bench, [group, vault]);
    const other = at('key-vault', ['lab-kv'], { resourceGroup: 'lab', location: 'eastus', retentionDays: 8 });
    const { diagnostics, summary } = await plan(bench, [group, other]);
    expect(summary).toMatchObject({ blocked: 1, update: 0 });
    expect(diagnostics[0]).toMatchObject({
      code: 'CONFLICT',
      message: 'Azure never changes location, retentionDays of the vault lab-kv',
    });
  });

  test('gets purge protection only where the manifest consents to what cannot be taken back', async () => {
    const { bench } = await start();
    const guarded = at('key-vault', ['lab-kv'], { resourceGroup: 'lab', location, purgeProtection: true });
    const { diagnostics } = await applyAll(bench, [group, guarded]);
    expect(diagnostics[0]).toMatchObject({ code: 'GUARD', message: /purge protection is for ever/ });
    const allowIrreversible = new Set([guarded.address]);
    expect(await applyAll(bench, [group, guarded], { allowIrreversible })).toMatchObject(worked);
    expect((await plan(bench, [group, guarded])).changes.map(({ irreversible }) => irreversible)).toEqual([
      undefined,
      undefined,
    ]);
    const back = at('key-vault', ['lab-kv'], { resourceGroup: 'lab', location, purgeProtection: false });
    expect((await plan(bench, [group, back])).diagnostics[0]).toMatchObject({ code: 'CONFLICT' });
  });

  test('is only deleted where data may be lost', async () => {
    const { bench } = await start();
    await applyAll(bench, [group, vault]);
    expect((await applyAll(bench, [])).diagnostics[0]).toMatchObject({ code: 'GUARD', address: vault.address });
  });
});

describe('a role', () => {
  test('that somebody else gave is used, and stays when lab goes', async () => {
    const { box, bench, arm } = await start();
    await applyAll(bench, [group, vault, identity]);
    const { principalId: id } = await strangers(box).identities.get('lab', 'eso');
    const call = await arm();
    const path = '/resourceGroups/lab/providers/Microsoft.KeyVault/vaults/lab-kv/providers/Microsoft.Authorization';
    const roleDefinitionId = `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roles.user}`;
    const name = `${path}/roleAssignments/00000000-0000-4000-8000-0000000000aa`;
    await call('PUT', name, 'authorization', {
      properties: { roleDefinitionId, principalId: id, principalType: 'ServicePrincipal' },
    });
    const result = await applyAll(bench, [group, vault, identity, grant]);
    expect(result).toMatchObject({ ...worked, done: [] });
    expect(await applyAll(bench, [group, vault, identity])).toMatchObject({ ...worked, done: [] });
    expect(await call('GET', name, 'authorization')).toMatchObject({ status: 200 });
  });

  test('goes to the new identity where one was made again, and what the old one had is taken away', async () => {
    const { box, bench, arm } = await start();
    await applyAll(bench, [group, vault, identity, grant]);
    await strangers(box).identities.delete('lab', 'eso');
    expect(await applyAll(bench, [group, vault, identity, grant])).toMatchObject(worked);
    const { principalId: id } = await strangers(box).identities.get('lab', 'eso');
    const path = '/resourceGroups/lab/providers/Microsoft.KeyVault/vaults/lab-kv/providers/Microsoft.Authorization';
    const { body } = await (await arm())('GET', `${path}/roleAssignments`, 'authorization');
    expect(body).toMatchObject({ value: [{ properties: { principalId: id } }] });
  });
});

describe('a resource group', () => {
  test('that holds what is not ours is released, not deleted', async () => {
    const { box, bench } = await start();
    await applyAll(bench, [group, vault]);
    await strangers(box).identities.createOrUpdate('lab', 'theirs', { location });
    const { failed, diagnostics } = await applyAll(bench, [], { allowDataLoss: true });
    expect(failed).toEqual([]);
    expect(diagnostics.map(({ message }) => message)).toContain(
      "the resource group holds what is not lab's (Microsoft.ManagedIdentity/userAssignedIdentities theirs); it is released, not deleted",
    );
    expect((await strangers(box).identities.get('lab', 'theirs')).name).toBe('theirs');
  });

  test('of another location is no match', async () => {
    const { bench } = await start();
    await applyAll(bench, [group]);
    const { bench: fresh } = { bench: { ...bench, store: memoryStore(), name: 'other' } };
    const found = (await plan(fresh, [at('resource-group', ['lab'], { location: 'eastus' })])).changes[0];
    expect(found?.standing).toMatchObject({ is: 'blocked' });
  });
});

describe('the subscription', () => {
  test('is part of the scope, and belongs to the tenant', async () => {
    const { connection } = await start();
    expect(await connection.scope()).toBe(`7c1e0000-0000-0000-0000-000000000001/${subscription}`);
    expect(await connection.describe()).toMatch(
      new RegExp(`^azure 7c1e0000-0000-0000-0000-000000000001/${subscription} as `),
    );
  });

  test('that cannot be seen is refused before anything is read', async () => {
    const box = await sandbox();
    const config = { vaults: [], subscription: '7c1e0000-0000-0000-0000-00000000000e' };
    const connection = await connect(box, { config });
    await expect(connection.scope()).rejects.toMatchObject({
      code: 'GUARD',
      message: /answered 404 SubscriptionNotFound/,
    });
  });

  test('is needed for what is in it', async () => {
    const connection = await connect(await sandbox());
    await expect(connection.kind('azure.key-vault').read(['a-vault'], {})).rejects.toMatchObject({
      code: 'BAD_MANIFEST',
    });
  });

  test('whose reader lab is can be planned, and not written to', async () => {
    const { box, bench } = await start();
    await applyAll(bench, [group, vault]);
    const connection = await connect(box, { ...withSubscription, as: 'reader' });
    const reading = { ...bench, connections: [connection] };
    expect((await plan(reading, [group, vault])).summary).toMatchObject({ none: 2 });
    const { diagnostics } = await applyAll(reading, [group, vault, identity]);
    expect(diagnostics[0]).toMatchObject({ code: 'DENIED', next: /"Contributor"/ });
  });

  test('that says nothing is unknown, never absent', async () => {
    const { bench, box } = await start();
    await applyAll(bench, [group, vault]);
    const connection = await connect(box, { ...withSubscription, as: 'nobody' });
    const { summary, diagnostics } = await plan({ ...bench, connections: [connection] }, [group, vault]);
    expect(summary).toMatchObject({ create: 0, blocked: 2 });
    expect(diagnostics[0]).toMatchObject({ code: 'DENIED' });
  });

  test('is not written to by a connection that only reads', async () => {
    const connection = await connect(await sandbox(), { ...withSubscription, readOnly: true });
    const kind = connection.kind('azure.resource-group');
    const request = { id: ['lab'], spec: { location }, live: { exists: 'no' }, fingerprints: {}, removed: [] } as const;
    await expect(kind.write(request)).rejects.toMatchObject({ code: 'GUARD' });
    expect(connection.writes()).toBe(0);
  });
});
