import { z } from 'zod';
import { checkSettings } from '../../engine/settings.ts';
import { LabError } from '../../errors.ts';

/** AWS regions: `us-east-1`, `cn-north-1`, `us-gov-west-1`. */
export const regionPattern = /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/;

const source = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('env'), name: z.string().min(1) }),
  z.strictObject({ from: z.literal('file'), path: z.string().min(1) }),
]);

const credential = z.discriminatedUnion('type', [
  /** An IAM user's access key. */
  z.strictObject({ type: z.literal('access-keys'), id: source, secret: source }),
  /** What the SDK finds on this machine, as the AWS CLI does; `profile` defaults to AWS_PROFILE. */
  z.strictObject({ type: z.literal('ambient'), profile: z.string().min(1).optional() }),
]);

const endpoint = z
  .string()
  .refine(isHttps, { message: 'must be https://HOST[:PORT]; lab sends secrets over TLS only' });

const schema = z.strictObject({
  /** Where lab asks who it is; it decides the partition, too. Secrets carry a region of their own. */
  region: z.string().regex(regionPattern, { message: 'is not an AWS region' }),
  /** The account that must answer; another one is refused before anything is read. */
  account: z
    .string()
    .regex(/^\d{12}$/, { message: 'must be 12 digits, in quotes' })
    .optional(),
  credential,
  /** Instead of AWS's own addresses, in every region: the sandbox, a VPC endpoint. */
  endpoints: z
    .strictObject({
      secretsManager: endpoint.optional(),
      sts: endpoint.optional(),
      iam: endpoint.optional(),
      eks: endpoint.optional(),
    })
    .optional(),
  /** PEM text of the certificate authorities to trust instead of the system's. Default: the file AWS_CA_BUNDLE. */
  ca: z.string().includes('-----BEGIN CERTIFICATE-----', { message: 'must be PEM text' }).optional(),
});

/** The connection as the manifest has it. */
export type AwsConfig = z.output<typeof schema>;

/** How lab proves who it is. */
export type Credential = AwsConfig['credential'];

type Env = Readonly<Record<string, string | undefined>>;

/** The connection's part of the manifest. Throws BAD_MANIFEST, or GUARD for what lab refuses to switch off. */
export const checkConfig = (config: unknown, env: Env): AwsConfig => {
  const checked = checkSettings(schema, config, ['connections', 'aws']);
  refuseRedirection(env);
  return checked;
};

function isHttps(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return (
    url.protocol === 'https:' && url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  );
}

// The SDK would send secrets wherever these point; lab takes addresses from the connection alone, and shows them.
const refuseRedirection = (env: Env): void => {
  const name = ['', '_SECRETS_MANAGER', '_STS', '_IAM', '_EKS']
    .map((service) => `AWS_ENDPOINT_URL${service}`)
    .find((candidate) => (env[candidate] ?? '') !== '');
  if (name === undefined) return;
  throw new LabError('GUARD', `${name} is set, and lab dials the addresses of its connection only`, {
    next: `Unset ${name} for this command.`,
  });
};
