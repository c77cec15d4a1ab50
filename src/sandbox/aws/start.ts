import { createHmac } from 'node:crypto';
import { type Authority, createAuthority } from '../certificates/authority.ts';
import { type Answer, type Request, serve } from '../http.ts';
import type { KeysOf } from '../signed-token.ts';
import { openDocument } from '../store.ts';
import { isClusterToken } from './cluster-token.ts';
import { type Content, emptyContent, entryOf, iamOf } from './content.ts';
import { answerEks, type EksCluster } from './eks.ts';
import { answerIam } from './iam.ts';
import { actionsIn, iamResource } from './iam-actions.ts';
import { queryRefusal } from './query.ts';
import { type QuirkOptions, quirksOf } from './quirks.ts';
import { AwsRefusal } from './refusal.ts';
import { holderOf, regional } from './regional.ts';
import { answerSecretsManager, jsonRefusal } from './secrets-manager.ts';
import { type Caller, mayDo, openSessions, userOf } from './sessions.ts';
import { claimOf } from './signature.ts';
import { answerSts } from './sts.ts';

/** What a sandbox AWS is made from. */
export interface AwsSandboxOptions {
  /** The access key is derived from it, so that it is the same in every run of one sandbox. */
  readonly seed: string;
  /** Where its content lasts; without it, in memory only. */
  readonly file?: string;
  /** Default: any free port. */
  readonly port?: number;
  /** 12 digits; default 000000000000. */
  readonly account?: string;
  /** Who signs its certificate; default: an authority of its own. */
  readonly authority?: Authority;
  /** What else its certificate is for, where clients reach it under AWS's own names. */
  readonly names?: readonly string[];
  /** The keys of the issuers that it can reach; default: it reaches none. */
  readonly keysOf?: KeysOf;
  /** What EKS knows, by name. */
  readonly clusters?: Readonly<Record<string, EksCluster>>;
  /** Eventual consistency and throttling; off by default. */
  readonly quirks?: QuirkOptions;
}

/** An IAM user's access key. */
export interface SandboxAccessKey {
  readonly id: string;
  readonly secret: string;
}

/** A version by its id or by its staging label. */
export type VersionChoice = { readonly id: string } | { readonly stage: string };

/** Secrets Manager, IAM, STS and EKS on loopback, for every region at one address. */
export interface AwsSandbox {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** PEM text of the authority that signed its certificate. */
  readonly caPem: string;
  readonly account: string;
  /** The key of the operator, who may do everything; beside it only sessions of roles and users of IAM are let in. */
  readonly accessKey: SandboxAccessKey;
  /** The text of a secret's version, by default the current one; undefined if there is none to read. */
  readSecret(region: string, name: string, version?: VersionChoice): string | undefined;
  /** Who comes to a cluster of EKS with this token: an ARN. */
  clusterUser(token: string): string | undefined;
  /** Ends it and writes what it holds. */
  stop(): Promise<void>;
}

/** The access key of the sandbox with this seed. */
export const sandboxAccessKey = (seed: string): SandboxAccessKey => {
  const derived = (what: string): Buffer => createHmac('sha256', seed).update(what).digest();
  return {
    id: `AKIA${derived('aws access key id').toString('hex').toUpperCase().slice(0, 16)}`,
    secret: derived('aws secret access key').toString('base64').slice(0, 40),
  };
};

/** Starts the sandbox's AWS. */
export const startAwsSandbox = async (options: AwsSandboxOptions): Promise<AwsSandbox> => {
  const { seed, file, port, account = '000000000000', authority = createAuthority('lab sandbox') } = options;
  const accessKey = sandboxAccessKey(seed);
  const document = await openDocument(file, emptyContent);
  const { certificate, key } = authority.issue({
    commonName: 'lab sandbox aws',
    use: { kind: 'server', names: ['127.0.0.1', 'localhost', ...(options.names ?? [])] },
  });
  const operator: Caller = {
    is: 'operator',
    arn: `arn:aws:iam::${account}:user/sandbox`,
    userId: accessKey.id.replace('AKIA', 'AIDA'),
  };
  const { keysOf = async () => undefined, clusters = {} } = options;
  const [sessions, quirks] = [openSessions(), quirksOf(options.quirks)];
  const handle = async (request: Request): Promise<Answer> => {
    const service = serviceOf(request);
    const iam = iamOf(document.value);
    const { accessKeyId, region = '' } = claimOf(request.headers['authorization']) ?? {};
    const token = request.headers['x-amz-security-token'];
    const id = accessKeyId ?? '';
    const caller = id === accessKey.id ? operator : (sessions.find(id, token) ?? userOf(iam, id));
    const form = new URLSearchParams(request.body);
    if (caller === undefined && accessKeyId !== undefined) return refused(true, service);
    if (service === 'sts') return answerSts(form, caller, { account, iam, sessions, keysOf, quirks });
    if (caller === undefined) return refused(false, service);
    switch (service) {
      case 'iam': {
        const denied = actionsIn(form).find(
          (action) => !mayDo(caller, { action, resource: iamResource(form, account) }, iam),
        );
        if (denied !== undefined) return queryRefusal('iam', deniedTo(caller, denied));
        const answer = answerIam(form, { account, iam }, quirks);
        if (!/^(Get|List)/.test(form.get('Action') ?? '')) document.changed();
        return answer;
      }
      case 'eks':
        return answerEks(request, { account, region, clusters });
      case 'secretsmanager': {
        const place = regional(document.value, account, region);
        const answer = answerSecretsManager(request, place, { caller, iam });
        if (!isRead(request)) document.changed();
        return answer;
      }
    }
  };
  const server = await serve({ tls: { cert: certificate, key }, ...(port === undefined ? {} : { port }), handle });
  return {
    url: server.url,
    port: server.port,
    caPem: authority.certificate,
    account,
    accessKey,
    readSecret: (region, name, version = { stage: 'AWSCURRENT' }) => textOf(document.value, region, name, version),
    clusterUser: (token) => {
      const terms = { accessKey, clusters: Object.keys(clusters), host: new URL(server.url).host, now: Date.now() };
      return isClusterToken(token, terms) ? operator.arn : undefined;
    },
    stop: async () => {
      await server.close();
      await document.close();
    },
  };
};

const isRead = ({ headers }: Request): boolean => /\.(Describe|Get|List)/.test(headers['x-amz-target'] ?? '');

type Service = 'secretsmanager' | 'iam' | 'sts' | 'eks';

const serviceOf = ({ headers, method }: Request): Service => {
  if (headers['x-amz-target'] !== undefined) return 'secretsmanager';
  if (claimOf(headers['authorization'])?.service === 'iam') return 'iam';
  return method === 'GET' ? 'eks' : 'sts';
};

// The services name the same complaints differently.
const refused = (isSigned: boolean, service: Service): Answer => {
  const isQuery = service === 'iam' || service === 'sts';
  const text = isSigned ? 'The security token included in the request is invalid.' : 'Missing Authentication Token';
  const name = isSigned
    ? isQuery
      ? 'InvalidClientTokenId'
      : 'UnrecognizedClientException'
    : 'MissingAuthenticationToken';
  return isQuery
    ? queryRefusal(service, new AwsRefusal(name, text, 403))
    : jsonRefusal(new AwsRefusal(isSigned ? name : `${name}Exception`, text));
};

const deniedTo = ({ arn }: Caller, action: string): AwsRefusal =>
  new AwsRefusal(
    'AccessDenied',
    `User: ${arn} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`,
    403,
  );

const textOf = ({ regions }: Content, region: string, name: string, version: VersionChoice): string | undefined => {
  const secret = entryOf(entryOf(regions, region) ?? {}, name);
  if (secret === undefined || secret.deletion !== undefined) return undefined;
  const id = 'id' in version ? version.id : holderOf(secret, version.stage);
  return id === undefined ? undefined : entryOf(secret.versions, id)?.text;
};
