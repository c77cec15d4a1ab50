import { expect, test } from 'vitest';
import { eksClusters } from '../../../src/providers/aws/eks.ts';
import { secret } from '../../../src/secrets/secret.ts';

test.each([{}, { endpoint: '', certificateAuthority: { data: '' } }])(
  'a cluster that is still being made is named as that (%o)',
  async (unfinished) => {
    const clusters = eksClusters({
      cluster: async () => ({ status: 'CREATING', ...unfinished }),
      clusterToken: async () => secret('unused'),
    });
    await expect(clusters.find({ region: 'eu-west-1', name: 'prod' })).rejects.toMatchObject({
      code: 'REJECTED',
      message: 'the EKS cluster prod in eu-west-1 has no endpoint (CREATING)',
    });
  },
);
