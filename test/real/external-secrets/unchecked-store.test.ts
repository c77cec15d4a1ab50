import { expect, test } from 'vitest';
import { uniqueName } from '../kubernetes/cluster.ts';
import { actor, connectOperator } from './operator.ts';

// A file of its own: External Secrets 0.16 has no way to ask its provider fake for this.
test('a provider that cannot be checked is done: waiting would teach nothing', async () => {
  const [, operator] = await connectOperator();
  const made = actor(operator.kind('external-secrets.cluster-secret-store'), uniqueName('store'));
  await made.put({ provider: { fake: { data: [], validationResult: 1 } } });
  expect(await made.ended()).toEqual({ state: 'done' });
});
