import { EKS } from '@aws-sdk/client-eks';
import { describe, expect, test } from 'vitest';
import type { EksClusters } from '../../../src/engine/ports.ts';
import { aws } from '../../../src/providers/aws/index.ts';
import { reveal } from '../../../src/secrets/secret.ts';
import { type AwsServer, configOf, contextOf, region } from './server.ts';

/** What lab asks of EKS, on the sandbox and on moto; `prod` is there. */
export const describeEks = (server: () => AwsServer): void => {
  const find: EksClusters['find'] = async (place) => {
    const { eks } = (await aws.connect(configOf(server()), contextOf(server(), { readOnly: true }))).offers;
    if (eks === undefined) throw new Error('AWS offers clusters');
    return eks.find(place);
  };

  describe('a cluster of EKS', () => {
    test('is where AWS says, and its tokens are of the issuer that AWS says', async () => {
      const found = await find({ region, name: 'prod' });
      expect(found.name).toBe('EKS prod in eu-west-1');
      expect(found.server).toMatch(/^https:\/\/.*[^/]$/);
      expect(found.ca.length).toBeGreaterThan(0);
      expect(found.issuer).toMatch(/^https:\/\//);
    });

    test('lets lab in by a signed question who it is, for this cluster alone', async () => {
      const login = await (await find({ region, name: 'prod' })).login();
      if (login.by !== 'token') throw new Error('EKS takes tokens');
      const [, encoded = ''] = /^k8s-aws-v1\.([\w-]+)$/.exec(reveal(login.token)) ?? [];
      const url = new URL(Buffer.from(encoded, 'base64url').toString());
      expect(`${url.origin}${url.pathname}`).toBe(`${server().url}/`);
      expect(Object.fromEntries(url.searchParams)).toMatchObject({
        Action: 'GetCallerIdentity',
        'X-Amz-Expires': '60',
        'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
      });
    });

    test('that is not there is named', async () => {
      await expect(find({ region, name: 'none' })).rejects.toMatchObject({
        code: 'REJECTED',
        message: 'the EKS cluster none in eu-west-1 is not there',
      });
    });
  });
};

/** Somebody else at the API of EKS. */
export const eksAt = ({ url, caPem, accessKey }: AwsServer): EKS =>
  new EKS({
    region,
    endpoint: url,
    credentials: { accessKeyId: accessKey.id, secretAccessKey: accessKey.secret },
    requestHandler: { httpsAgent: { ca: caPem } },
  });
