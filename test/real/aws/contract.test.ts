import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { describeContract } from '../../providers/aws/contract-cases.ts';
import { describeEks, eksAt } from '../../providers/aws/eks-cases.ts';
import { describeWithEngine } from '../../providers/aws/engine-cases.ts';
import { describeIamContract } from '../../providers/aws/iam-contract-cases.ts';
import { describeWriting } from '../../providers/aws/writing-cases.ts';
import { type Moto, startMoto } from '../../servers/moto.ts';
import { createRunFolder, type RunFolder } from '../../servers/run-folders.ts';

let folder: RunFolder;
let moto: Moto;
beforeAll(async () => {
  folder = await createRunFolder();
  moto = await startMoto({ dir: join(folder.dir, 'moto') });
});
afterAll(() => folder.remove());

describe('clusters', () => {
  beforeAll(async () => {
    const resourcesVpcConfig = { subnetIds: ['subnet-1', 'subnet-2'] };
    const roleArn = `arn:aws:iam::${moto.account}:role/eks`;
    await eksAt(moto).createCluster({ name: 'prod', roleArn, resourcesVpcConfig });
  });
  describeEks(() => moto);
});
describeContract(() => moto);
describeWriting(() => moto);
describeWithEngine(() => moto);
describeIamContract(() => moto, { changesAudiences: false });
