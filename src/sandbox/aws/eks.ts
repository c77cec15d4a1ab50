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
