import { createHmac } from 'node:crypto';
import { type Authority, createAuthority } from '../certificates/authority.ts';
import { type Answer, type Request, serve } from '../http.ts';
import { openDocument } from '../store.ts';
import { type Content, emptyContent, entryOf } from './content.ts';
import { AwsRefusal } from './refusal.ts';
import { holderOf, regional } from './regional.ts';
import { answerSecretsManager, jsonRefusal } from './secrets-manager.ts';
import { claimOf } from './signature.ts';
import { answerSts, xmlRefusal } from './sts.ts';

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
}

/** An IAM user's access key. */
export interface SandboxAccessKey {
  readonly id: string;
  readonly secret: string;
}

/** A version by its id or by its staging label. */
export type VersionChoice = { readonly id: string } | { readonly stage: string };

/** Secrets Manager and STS on loopback, for every region at one address. */
export interface AwsSandbox {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** PEM text of the authority that signed its certificate. */
  readonly caPem: string;
  readonly account: string;
  /** The one key that it accepts. */
  readonly accessKey: SandboxAccessKey;
  /** The text of a secret's version, by default the current one; undefined if there is none to read. */
  readSecret(region: string, name: string, version?: VersionChoice): string | undefined;
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
    use: { kind: 'server', names: ['127.0.0.1', 'localhost'] },
  });
  const caller = { account, arn: `arn:aws:iam::${account}:user/sandbox`, userId: accessKey.id.replace('AKIA', 'AIDA') };
  const handle = async (request: Request): Promise<Answer> => {
    const isJson = request.headers['x-amz-target'] !== undefined;
    const claim = claimOf(request.headers['authorization']);
    const refused = refusalFor(claim?.accessKeyId, accessKey.id, isJson);
    if (refused !== undefined) return isJson ? jsonRefusal(refused) : xmlRefusal(refused);
    if (!isJson) return answerSts(request, caller);
    const answer = answerSecretsManager(request, regional(document.value, account, claim?.region ?? ''));
    if (!isRead(request)) document.changed();
    return answer;
  };
  const server = await serve({ tls: { cert: certificate, key }, ...(port === undefined ? {} : { port }), handle });
  return {
    url: server.url,
    port: server.port,
    caPem: authority.certificate,
    account,
    accessKey,
    readSecret: (region, name, version = { stage: 'AWSCURRENT' }) => textOf(document.value, region, name, version),
    stop: async () => {
      await server.close();
      await document.close();
    },
  };
};

const isRead = ({ headers }: Request): boolean => /\.(Describe|Get|List)/.test(headers['x-amz-target'] ?? '');

// The services name the same complaints differently.
const refusalFor = (given: string | undefined, known: string, isJson: boolean): AwsRefusal | undefined => {
  if (given === known) return undefined;
  if (given === undefined) {
    const name = isJson ? 'MissingAuthenticationTokenException' : 'MissingAuthenticationToken';
    return new AwsRefusal(name, 'Missing Authentication Token', isJson ? 400 : 403);
  }
  const invalid = 'The security token included in the request is invalid.';
  return isJson
    ? new AwsRefusal('UnrecognizedClientException', invalid)
    : new AwsRefusal('InvalidClientTokenId', invalid, 403);
};

const textOf = ({ regions }: Content, region: string, name: string, version: VersionChoice): string | undefined => {
  const secret = entryOf(entryOf(regions, region) ?? {}, name);
  if (secret === undefined || secret.deletion !== undefined) return undefined;
  const id = 'id' in version ? version.id : holderOf(secret, version.stage);
  return id === undefined ? undefined : entryOf(secret.versions, id)?.text;
};
