import { expect, test } from 'vitest';
import { owedPods } from '../../../src/providers/kubernetes/tunnel/owed.ts';

const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }];

const pod = (name: string, status: object = { phase: 'Running' }) => ({
  metadata: { name, ownerReferences: [{ kind: 'StatefulSet', name: 'vault' }] },
  status,
});

/** An API server that has this StatefulSet, or answers this status. */
const server = (answer: object | 403 | 404) => async () =>
  typeof answer === 'number' ? { status: answer, body: {} } : { status: 200, body: { spec: answer } };

test.each([
  ['those that are not there yet', { replicas: 3 }, [pod('vault-0')], ['vault-1', 'vault-2']],
  ['one that does not run yet', { replicas: 2 }, [pod('vault-0'), pod('vault-1', { phase: 'Pending' })], ['vault-1']],
  ['none where all run', { replicas: 2 }, [pod('vault-0'), pod('vault-1')], []],
  ['those from the first ordinal on', { replicas: 2, ordinals: { start: 5 } }, [pod('vault-5')], ['vault-6']],
  ['none behind one that no node takes', { replicas: 3 }, [pod('vault-0'), pod('vault-1', { conditions })], []],
  [
    'the others where they come all at once',
    { replicas: 3, podManagementPolicy: 'Parallel' },
    [pod('vault-0'), pod('vault-1', { conditions })],
    ['vault-2'],
  ],
  ['none without the right to look', 403, [pod('vault-0')], []],
  ['none of a set that is gone', 404, [pod('vault-0')], []],
  ['none of a pod that nobody owns', { replicas: 3 }, [{ metadata: { name: 'vault-0' } }], []],
] as const)('a StatefulSet owes %s', async (_, answer, pods, owed) => {
  expect(await owedPods(server(answer), 'vault', pods)).toEqual(owed);
});
