import { expect, test } from 'vitest';
import { keeperOf } from '../support/keeper-contract.ts';
import { setStage } from './bench.ts';
import { awsChain, azureChain } from './resources.ts';

// What External Secrets' own identity gets that asks a cloud for what it has no right to.

test('in Azure a secret that the identity has a role on is told of, another one is refused', async () => {
  const stage = await setStage();
  expect((await stage.apply(azureChain())).diagnostics).toEqual([]);
  const keeper = keeperOf(await stage.connectTo('azure', {}), 'chain-kv');
  const account = { namespace: 'eso', name: 'azure' };
  expect(await keeper.trespass('team-app', account)).toEqual({ is: 'allowed', found: 'may read team-app of chain-kv' });
  expect(await keeper.trespass('team-db', account)).toMatchObject({
    is: 'refused',
    found: expect.stringMatching(/^403 /),
  });
});

test('in AWS likewise', async () => {
  const stage = await setStage();
  expect((await stage.apply(awsChain())).diagnostics).toEqual([]);
  const keeper = keeperOf(await stage.connectTo('aws', {}), 'eu-west-1');
  const account = { namespace: 'eso', name: 'aws' };
  expect(await keeper.trespass('team/app', account)).toEqual({
    is: 'allowed',
    found: 'may read team/app in eu-west-1',
  });
  expect(await keeper.trespass('team/other', account)).toMatchObject({
    is: 'refused',
    found: expect.stringContaining('AccessDenied'),
  });
});

test('who has no identity in that cloud cannot even ask', async () => {
  const stage = await setStage();
  await stage.apply(azureChain({ clientId: null }));
  const account = { namespace: 'eso', name: 'azure' };
  const inAzure = keeperOf(await stage.connectTo('azure', {}), 'chain-kv');
  expect(await inAzure.trespass('team-app', account)).toEqual({
    is: 'untried',
    because: 'it is annotated with no identity of Azure',
  });
  const inAws = keeperOf(await stage.connectTo('aws', {}), 'eu-west-1');
  expect(await inAws.trespass('team/app', account)).toMatchObject({ is: 'untried' });
});
