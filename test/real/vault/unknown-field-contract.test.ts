import { test as base, expect, inject, onTestFinished } from 'vitest';
import type { Fields } from '../../../src/engine/value.ts';
import { vault } from '../../../src/providers/vault/index.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { applyAll, type Bench, deskFrom, plan, resource } from '../../support/world.ts';
import { openProxy } from './proxy.ts';
import { config, context, stranger, tokenFor, uniqueName } from './server.ts';

const description = 'GET /v1/sys/internal/specs/openapi';

/** A Vault of another version: what it tells of itself lacks words that this one has, and of its roles where it drops them. */
const older = async (
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  does: 'nothing' | 'drops' = 'nothing',
) => {
  const calls: string[] = [];
  const without = (_key: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).filter(([key]) => !words.includes(key)))
      : value;
  const proxy = await openProxy(
    inject('servers').vault.address,
    (call) => {
      calls.push(call);
      return 'pass';
    },
    async () => {},
    (call, body) =>
      call === description || (does === 'drops' && /^GET .*\/role\//.test(call) && body !== '')
        ? JSON.stringify(JSON.parse(body, without))
        : body,
  );
  onTestFinished(proxy.close);
  const connection = await vault.connect(config(proxy.address), context(env));
  onTestFinished(() => connection.close());
  const desk = deskFrom({}, async (value) => secret(value));
  const bench: Bench = { kinds: vault.kinds, connections: [connection], store: memoryStore(), desk };
  return { bench, asked: () => calls.filter((call) => call === description).length };
};

const test = base.extend('path', async () => {
  const path = uniqueName('kubernetes');
  await stranger('POST', `sys/auth/${path}`, { type: 'kubernetes' });
  return path;
});

const roleAt = (path: string, name: string) =>
  resource(`vault.kubernetes-auth-role/${path}/${name}`, {
    policies: ['app'],
    serviceAccountNames: ['app'],
    serviceAccountNamespaces: ['app'],
    audience: 'vault',
    noDefaultPolicy: true,
  });

test('fields that the server would drop are an error of the plan: what, where, which version, what to do', async ({
  path,
}) => {
  const { bench } = await older(['audience', 'token_no_default_policy']);
  const role = roleAt(path, 'app');
  const made = await plan(bench, [role]);
  expect(made.diagnostics).toEqual([
    {
      severity: 'error',
      code: 'REJECTED',
      message: expect.stringMatching(
        /^(vault|openbao) [\d.]+ does not know noDefaultPolicy, audience and would drop them$/,
      ),
      address: role.address,
      at: 'lab.yaml:1:1',
      next: 'Take noDefaultPolicy, audience out of the manifest, or upgrade the server to a version that knows them.',
    },
  ]);
  expect(made.changes).toMatchObject([{ address: role.address, standing: { is: 'blocked' } }]);
});

test('the server is asked once for all that is written, and not at all where there is nothing to write', async ({
  path,
}) => {
  const { bench, asked } = await older([]);
  const roles = ['one', 'two', 'three'].map((name) => roleAt(path, name));
  expect((await applyAll(bench, roles)).diagnostics).toEqual([]);
  expect(asked()).toBe(1);

  const again = await older(['audience']);
  expect(await plan({ ...again.bench, store: bench.store }, roles)).toMatchObject({ diagnostics: [], errored: false });
  expect(again.asked()).toBe(0);
});

test('what is made in the same run is not held against a server that cannot know it yet', async () => {
  const { bench, asked } = await older([]);
  const path = uniqueName('made-here');
  const made = await plan(bench, [resource(`vault.auth-method/${path}`, { type: 'kubernetes' }), roleAt(path, 'app')]);
  expect(made).toMatchObject({ diagnostics: [], summary: { create: 2 } });
  expect(asked()).toBe(1);
});

test('in a mount of the same run it is an error of apply, which names the field, where it is written, and the server', async () => {
  const { bench } = await older(['audience'], {}, 'drops');
  const path = uniqueName('made-here');
  const method = resource(`vault.auth-method/${path}`, { type: 'kubernetes' });
  const role = roleAt(path, 'app');
  const applied = await applyAll(bench, [method, role]);
  expect(applied.done).toEqual([method.address]);
  expect(applied.diagnostics).toEqual([
    {
      severity: 'error',
      code: 'REJECTED',
      message: expect.stringMatching(/^(vault|openbao) [\d.]+ does not know audience and has dropped it$/),
      address: role.address,
      at: 'lab.yaml:1:1',
      next: 'Take audience out of the manifest, or upgrade the server to a version that knows it.',
    },
  ]);
});

test('any right in a mount shows all of it; where there is none, the plan says that it was not told', async ({
  path,
}) => {
  const role = roleAt(path, 'app');
  const able = await tokenFor(`path "auth/${path}/role/app" { capabilities = ["read"] }`);
  const { bench } = await older(['audience'], { APPLY_TOKEN: able });
  expect((await plan(bench, [role])).diagnostics).toMatchObject([{ severity: 'error', code: 'REJECTED' }]);

  const toNobody = await fetch(`${inject('servers').vault.address}/v1/sys/internal/specs/openapi`);
  expect(await toNobody.json()).toMatchObject({
    info: { title: expect.stringMatching(/^(HashiCorp Vault|OpenBao) API$/) },
    paths: {},
  });
  const blind = await older(['paths']);
  expect((await plan(blind.bench, [role])).diagnostics).toMatchObject([
    { severity: 'warning', code: 'UNTOLD', message: expect.stringContaining('did not answer as Vault does') },
  ]);
});

test('an authority is not made by a server that would leave out what it may not sign', async () => {
  const mount = uniqueName('pki');
  await stranger('POST', `sys/mounts/${mount}`, { type: 'pki', config: { max_lease_ttl: '8760h' } });
  const { bench } = await older(['excluded_dns_domains']);
  const at = (spec: Fields) =>
    resource(`vault.pki-issuer/${mount}/root`, { commonName: 'Lab root', ttl: '1h', key: 'ec-256', ...spec });
  expect(await plan(bench, [at({ permittedDnsDomains: ['lab.internal'] })])).toMatchObject({ diagnostics: [] });
  expect((await plan(bench, [at({ excludedDnsDomains: ['lab.internal'] })])).diagnostics).toMatchObject([
    { severity: 'error', code: 'REJECTED', message: expect.stringContaining('does not know excludedDnsDomains') },
  ]);
});
