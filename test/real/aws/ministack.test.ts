import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aws } from '../../../src/providers/aws/index.ts';
import { eksAt } from '../../providers/aws/eks-cases.ts';
import { configOf, contextOf, region } from '../../providers/aws/server.ts';
import { type Ministack, startMinistack } from '../../servers/ministack.ts';
import { createRunFolder, type RunFolder } from '../../servers/run-folders.ts';

// EKS once more, by somebody else than moto. Clusters here have no API server, and so no authority: that would need Docker.
// No more of it judges lab: it does not know TagOpenIDConnectProvider, and tells less of a secret's versions than AWS does.

let folder: RunFolder;
let ministack: Ministack;
beforeAll(async () => {
  folder = await createRunFolder();
  ministack = await startMinistack({ dir: join(folder.dir, 'ministack') });
});
afterAll(() => folder.remove());

describe('a cluster of EKS', () => {
  beforeAll(async () => {
    const resourcesVpcConfig = { subnetIds: ['subnet-1', 'subnet-2'] };
    const roleArn = `arn:aws:iam::${ministack.account}:role/eks`;
    await eksAt(ministack).createCluster({ name: 'prod', roleArn, resourcesVpcConfig });
  });

  const find = async (name: string) => {
    const connection = await aws.connect(configOf(ministack), contextOf(ministack, { readOnly: true }));
    return connection.offers.eks?.find({ region, name });
  };

  test('whose authority AWS does not tell is refused, and named', async () => {
    await expect(find('prod')).rejects.toMatchObject({
      code: 'REJECTED',
      message: 'the EKS cluster prod in eu-west-1 has no certificate authority (ACTIVE)',
    });
  });

  test('that is not there is named', async () => {
    await expect(find('none')).rejects.toMatchObject({
      code: 'REJECTED',
      message: 'the EKS cluster none in eu-west-1 is not there',
    });
  });
});
