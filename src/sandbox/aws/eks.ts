import type { Answer, Request } from '../http.ts';
import { entryOf } from './content.ts';

/** A cluster as EKS describes it. */
export interface EksCluster {
  readonly endpoint: string;
  /** PEM text. */
  readonly caPem: string;
  readonly issuer: string;
}

/** Answers one call of EKS, REST with JSON: it knows DescribeCluster. */
export const answerEks = (
  { method, path }: Request,
  place: { account: string; region: string; clusters: Readonly<Record<string, EksCluster>> },
): Answer => {
  const name = /^\/clusters\/([^/]+)$/.exec(path)?.[1];
  if (method !== 'GET' || name === undefined) {
    return refusal(404, 'UnknownOperationException', `the sandbox does not serve ${method} ${path}`);
  }
  const found = entryOf(place.clusters, decodeURIComponent(name));
  if (found === undefined) return refusal(404, 'ResourceNotFoundException', `No cluster found for name: ${name}.`);
  return {
    status: 200,
    json: {
      cluster: {
        name,
        arn: `arn:aws:eks:${place.region}:${place.account}:cluster/${name}`,
        endpoint: found.endpoint,
        certificateAuthority: { data: Buffer.from(found.caPem).toString('base64') },
        identity: { oidc: { issuer: found.issuer } },
        status: 'ACTIVE',
      },
    },
  };
};

const refusal = (status: number, name: string, message: string): Answer => ({
  status,
  headers: { 'x-amzn-errortype': name },
  json: { message },
});

/** What a token for a cluster claims: a question to STS that somebody signed for that cluster. The signature is not verified. */
export const clusterToken = (token: string): { accessKeyId: string } | undefined => {
  const [, encoded] = /^k8s-aws-v1\.([\w-]+)$/.exec(token) ?? [];
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64url').toString('utf8');
  if (!URL.canParse(text)) return undefined;
  const { searchParams: query } = new URL(text);
  const [accessKeyId = ''] = query.get('X-Amz-Credential')?.split('/') ?? [];
  const signed = query.get('X-Amz-SignedHeaders')?.split(';') ?? [];
  const isQuestion = query.get('Action') === 'GetCallerIdentity' && signed.includes('x-k8s-aws-id');
  return isQuestion ? { accessKeyId } : undefined;
};
