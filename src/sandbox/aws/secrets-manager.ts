import type { Answer, Request } from '../http.ts';
import type { Operation } from './operation.ts';
import { AwsRefusal } from './refusal.ts';
import type { Regional } from './regional.ts';
import * as secrets from './secrets.ts';
import * as versions from './versions.ts';

const operations: Readonly<Record<string, Operation>> = {
  CreateSecret: secrets.createSecret,
  DeleteSecret: secrets.deleteSecret,
  DescribeSecret: secrets.describeSecret,
  GetSecretValue: versions.getSecretValue,
  ListSecrets: secrets.listSecrets,
  PutSecretValue: versions.putSecretValue,
  RestoreSecret: secrets.restoreSecret,
  TagResource: secrets.tagResource,
  UntagResource: secrets.untagResource,
  UpdateSecret: secrets.updateSecret,
  UpdateSecretVersionStage: versions.updateSecretVersionStage,
};

/** Answers one call of Secrets Manager: JSON 1.1, the operation in the header x-amz-target. */
export const answerSecretsManager = (request: Request, place: Regional): Answer => {
  try {
    const [, name = ''] = request.headers['x-amz-target']?.split('.') ?? [];
    const run = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (run === undefined) throw new AwsRefusal('UnknownOperationException', `the sandbox does not serve ${name}`);
    return jsonAnswer(200, run(parse(request.body), place));
  } catch (error) {
    if (error instanceof AwsRefusal) return jsonRefusal(error);
    throw error;
  }
};

/** A refusal as JSON 1.1 has it. */
export const jsonRefusal = ({ name, message, status }: AwsRefusal): Answer =>
  jsonAnswer(status, { __type: name, Message: message, message });

const jsonAnswer = (status: number, body: object): Answer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': crypto.randomUUID() },
  json: body,
});

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new AwsRefusal('SerializationException', 'the body is no JSON');
  }
};
