import { expect, onTestFinished, test } from 'vitest';
import { verify } from '../../../src/engine/verify.ts';
import { vaultPaths } from '../../../src/manifest/settle/own-rights.ts';
import { kubernetes } from '../../../src/providers/kubernetes/index.ts';
import { vault } from '../../../src/providers/vault/index.ts';
import { secret } from '../../../src/secrets/secret.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { applyAll, type Bench, deskFrom, planOptions, resource, worldOf } from '../../support/world.ts';
import { newTag, tokenWith } from './rights-life.ts';
import { connectBoth, deliveredCase } from './secret-id.ts';
import { config, context } from './server.ts';

// As rights-contract.test.ts, for the kind that also needs a place to deliver to.

const kinds = [...vault.kinds, ...kubernetes.kinds];

const goThrough = async (without: (path: string, action: string) => boolean): Promise<readonly string[]> => {
  const { address, around } = deliveredCase();
  const at = (ttl: string) => [...around, resource(address, { ttl, renewBefore: '6h' })];
  const byName = new Map(kinds.map((kind) => [kind.kind, kind]));
  const paths = vaultPaths(at('20h'), byName, { command: 'apply', login: 'token' });
  const kept = Object.entries(paths).map(([on, actions]) => [on, actions.filter((action) => !without(on, action))]);
  const token = await tokenWith(Object.fromEntries(kept), newTag());
  const [asRoot, cluster] = await connectBoth();
  const given = context({ APPLY_TOKEN: token, PLAN_TOKEN: token });
  const mailbox = async (_provider: string, place: string, name: string) => {
    if (cluster.offers.mailbox === undefined) throw new Error('the cluster offers no mailbox');
    return cluster.offers.mailbox(place, name);
  };
  const own = await vault.connect(config(), { ...given, ports: { ...given.ports, mailbox } });
  onTestFinished(async () => {
    for (const connection of [own, asRoot, cluster]) await connection.close();
  });
  const desk = deskFrom({}, async (value) => secret(value));
  const bench: Bench = { kinds, connections: [own, cluster], store: memoryStore(), desk };
  const errors: string[] = [];
  for (const resources of [at('20h'), at('10h'), at('10h')]) {
    const { diagnostics } = await applyAll(bench, resources, { allowDataLoss: true });
    errors.push(...diagnostics.map((one) => `${one.address}: ${one.message}`));
  }
  const report = await verify(await worldOf(bench, at('10h')), planOptions, () => {});
  errors.push(
    ...report.verified.flatMap(({ address: of, probes }) =>
      probes.flatMap((probe) => (probe.is === 'proven' ? [] : [`${of}: ${JSON.stringify(probe)}`])),
    ),
  );
  const { diagnostics } = await applyAll(bench, around, { allowDataLoss: true });
  errors.push(...diagnostics.map((one) => `${one.address}: ${one.message}`));
  await applyAll({ ...bench, connections: [asRoot, cluster] }, [], { allowDataLoss: true });
  return errors;
};

test('the computed policy is enough for a SecretID that is issued, delivered, replaced, proven and destroyed', async () => {
  expect(await goThrough(() => false)).toEqual([]);
});

test.each([
  ['list', 'secret-id'],
  ['update', 'secret-id'],
  ['update', 'secret-id-accessor/lookup'],
  ['update', 'secret-id-accessor/destroy'],
  ['read', 'role-id'],
])('without %s on %s it is not, and the path is named', async (action, end) => {
  const errors = await goThrough((path, one) => path.endsWith(`/role/ci/${end}`) && one === action);
  expect(errors.join('\n')).toContain(`/role/ci/${end}`);
});
