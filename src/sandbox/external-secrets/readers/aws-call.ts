import { Agent, request } from 'undici';

/** Where AWS is. */
export interface AwsAddress {
  readonly url: string;
  /** PEM of the authority that signed its certificate. */
  readonly caPem: string;
}

/** The credentials of a user, or, with a session token, of a role. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly sessionToken?: string;
}

/** What a read came to; a refusal is worded as Go's SDK words it. */
export type SecretAnswer =
  | { readonly is: 'value'; readonly text: string }
  | { readonly is: 'absent' }
  | { readonly is: 'refused'; readonly refusal: string };

/** Takes a role on with a token, or says why not. */
export const assumeRole = async (
  address: AwsAddress,
  { arn, token }: { arn: string; token: string },
): Promise<Credentials | { readonly refusal: string }> => {
  const body = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: arn,
    RoleSessionName: 'external-secrets-provider-aws',
    WebIdentityToken: token,
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const { status, text } = await send(address, headers, body.toString());
  if (status === 200) return { accessKeyId: element(text, 'AccessKeyId'), sessionToken: element(text, 'SessionToken') };
  const [code, message, requestId] = ['Code', 'Message', 'RequestId'].map((name) => element(text, name));
  const refusal = { status, code: code ?? '', message: message ?? '', requestId: requestId ?? '' };
  return { refusal: wording('STS: AssumeRoleWithWebIdentity', refusal) };
};

/** Reads the text of a secret. */
export const getSecretValue = async (
  address: AwsAddress,
  { accessKeyId, sessionToken }: Credentials,
  { region, name, version }: { region: string; name: string; version: string },
): Promise<SecretAnswer> => {
  const scope = `${new Date().toISOString().slice(0, 10).replaceAll('-', '')}/${region}/secretsmanager/aws4_request`;
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'secretsmanager.GetSecretValue',
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=host, Signature=sandbox`,
  };
  const body = JSON.stringify({ SecretId: name, ...(version === '' ? {} : { VersionId: version }) });
  const { status, text, requestId } = await send(address, headers, body);
  const answer: { SecretString?: string; SecretBinary?: string; __type?: string; Message?: string } = JSON.parse(text);
  if (status === 200) {
    return { is: 'value', text: answer.SecretString ?? Buffer.from(answer.SecretBinary ?? '', 'base64').toString() };
  }
  const { __type: code = '', Message: message = '' } = answer;
  if (code === 'ResourceNotFoundException') return { is: 'absent' };
  return { is: 'refused', refusal: wording('Secrets Manager: GetSecretValue', { status, requestId, code, message }) };
};

// Errors that the SDK has a type for, it names without `api error`.
const typed = new Set(['InvalidIdentityToken', 'ExpiredTokenException', 'InvalidRequestException']);

const wording = (operation: string, { status, requestId, code, message }: Refusal): string => {
  const name = typed.has(code) ? code : `api error ${code}`;
  return `operation error ${operation}, https response error StatusCode: ${status}, RequestID: ${requestId}, ${name}: ${message}`;
};

interface Refusal {
  readonly status: number;
  readonly requestId: string;
  readonly code: string;
  readonly message: string;
}

const element = (xml: string, name: string): string =>
  (new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');

const send = async ({ url, caPem }: AwsAddress, headers: Readonly<Record<string, string>>, body: string) => {
  const agent = new Agent({ connect: { ca: caPem } });
  try {
    const response = await request(url, { dispatcher: agent, method: 'POST', headers, body, headersTimeout: 10_000 });
    const id = response.headers['x-amzn-requestid'];
    return {
      status: response.statusCode,
      text: await response.body.text(),
      requestId: typeof id === 'string' ? id : '',
    };
  } finally {
    await agent.destroy();
  }
};
