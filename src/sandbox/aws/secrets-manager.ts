import type { Answer, Request } from '../http.ts';
import { entryOf, type IamContent } from './content.ts';
import type { Operation } from './operation.ts';
import { AwsRefusal } from './refusal.ts';
import type { Regional } from './regional.ts';
import { findSecret } from './regional.ts';
import * as secrets from './secrets.ts';
import { type Caller, mayDo } from './sessions.ts';
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

/** Who calls, and what says what they may do. */
export interface Rights {
  readonly caller: Caller;
  readonly iam: IamContent;
}

/** Answers one call of Secrets Manager: JSON 1.1, the operation in the header x-amz-target. */
export const answerSecretsManager = (request: Request, place: Regional, rights: Rights): Answer => {
  try {
    const [, name = ''] = request.headers['x-amz-target']?.split('.') ?? [];
    const run = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (run === undefined) throw new AwsRefusal('UnknownOperationException', `the sandbox does not serve ${name}`);
    const body = parse(request.body);
    refuseDenied(name, body, place, rights);
    return jsonAnswer(200, run(body, place));
  } catch (error) {
    if (error instanceof AwsRefusal) return jsonRefusal(error);
    throw error;
  }
};

/** Throws if the caller's policies do not allow this action on that very secret. */
const refuseDenied = (name: string, body: unknown, place: Regional, { caller, iam }: Rights): void => {
  const id = textIn(body, 'SecretId') || textIn(body, 'Name');
  // To make one with tags is to tag it, too.
  const all = [name, ...(name === 'CreateSecret' && hasTags(body) ? ['TagResource'] : [])];
  const resource = arnOf(place, id);
  const denied = all.find((one) => !mayDo(caller, { action: `secretsmanager:${one}`, resource }, iam));
  if (denied === undefined) return;
  const action = `secretsmanager:${denied}`;
  const why = `because no identity-based policy allows the ${action} action`;
  throw new AwsRefusal(
    'AccessDeniedException',
    `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${id === '' ? '*' : id} ${why}`,
  );
};

const fieldIn = (body: unknown, field: string): unknown =>
  typeof body === 'object' && body !== null ? Reflect.get(body, field) : undefined;

const textIn = (body: unknown, field: string): string => {
  const text = fieldIn(body, field);
  return typeof text === 'string' ? text : '';
};

const hasTags = (body: unknown): boolean => {
  const tags = fieldIn(body, 'Tags');
  return Array.isArray(tags) && tags.length > 0;
};

// Of a secret that is not there, AWS checks the ARN that it would have.
const arnOf = (place: Regional, id: string): string => {
  if (id === '') return '*';
  if (id.startsWith('arn:')) return id;
  const { account, region, secrets: known } = place;
  return entryOf(known, id) === undefined
    ? `arn:aws:secretsmanager:${region}:${account}:secret:${id}-000000`
    : findSecret(place, id).arn;
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
