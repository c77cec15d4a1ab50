import { elementsOf, type JsonMap, membersOf, textOf } from '../../kubernetes/json.ts';
import { explaining, fail, failAbsent } from '../failure.ts';
import { type AwsAddress, assumeRole, type Credentials, getSecretValue } from './aws-call.ts';
import type { ReaderContext, StoreProvider, StoreReader } from './reader.ts';
import { namespaceOf, secretKey } from './references.ts';
import { isReferent, logInByStandIns, propertyOf } from './stand-ins.ts';

/** AWS as the operator reaches it. */
export interface AwsCloud extends AwsAddress {
  /** For static credentials; undefined: there is no such secret, or no such version. */
  readonly readSecret: (region: string, name: string, version: string) => string | undefined;
}

/** Secrets of AWS Secrets Manager: with a role that the operator takes on by a service account's token, or with a user's keys. */
export const awsSecretsManager = (cloud: AwsCloud): StoreProvider => ({
  capabilities: 'ReadWrite',
  open: async (block, context) => {
    const { jwt } = membersOf(block['auth']);
    return jwt === undefined ? withKeys(cloud, block, context) : withRole(cloud, block, membersOf(jwt), context);
  },
});

const withKeys = (cloud: AwsCloud, block: JsonMap, context: ReaderContext): StoreReader => {
  const { accessKeyIDSecretRef, secretAccessKeySecretRef } = membersOf(membersOf(block['auth'])['secretRef']);
  const references = [accessKeyIDSecretRef, secretAccessKeySecretRef];
  const accessKeyId = isReferent(references, context) ? '' : secretKey(accessKeyIDSecretRef, context);
  // What begins so is a key of IAM, and not a stand-in.
  if (accessKeyId.startsWith('AKIA')) return reading(cloud, block, async () => ({ accessKeyId }));
  const refused = 'UnrecognizedClientException: The security token included in the request is invalid.';
  logInByStandIns(references, context, refused);
  const region = textOf(block['region']) ?? '';
  return {
    validate: async () => undefined,
    read: async ({ key, property, version }) => {
      const value = cloud.readSecret(region, key, version);
      return value === undefined ? failAbsent() : propertyOf(value, property);
    },
  };
};

const withRole = async (
  cloud: AwsCloud,
  block: JsonMap,
  jwt: JsonMap,
  context: ReaderContext,
): Promise<StoreReader> => {
  const reference = jwt['serviceAccountRef'];
  // Whose role is to be used is only known once an ExternalSecret asks.
  if (context.namespace === '' && membersOf(reference)['namespace'] === undefined) return unchecked;
  const role = await explaining('unable to create session: ', () => roleOf(reference, context));
  let known: Promise<Credentials> | undefined;
  return reading(cloud, block, () => (known ??= logIn(cloud, role)));
};

const reading = (cloud: AwsCloud, block: JsonMap, credentials: () => Promise<Credentials>): StoreReader => {
  const region = textOf(block['region']) ?? '';
  return {
    validate: async () => {
      await credentials();
    },
    read: async ({ key, property, version }) => {
      const answer = await getSecretValue(cloud, await credentials(), { region, name: key, version });
      switch (answer.is) {
        case 'value':
          return propertyOf(answer.text, property);
        case 'absent':
          return failAbsent();
        case 'refused':
          return fail(answer.refusal);
      }
    },
  };
};

const logIn = async (cloud: AwsCloud, role: { arn: string; token: string }): Promise<Credentials> => {
  const credentials = await assumeRole(cloud, role);
  if (!('refusal' in credentials)) return credentials;
  return fail(`failed to refresh cached credentials, failed to retrieve credentials, ${credentials.refusal}`);
};

const unchecked: StoreReader = {
  validate: async () => undefined,
  read: async () => fail('a namespace is needed to take a role on with'),
};

const annotation = 'eks.amazonaws.com/role-arn';

/** The role that a service account names, and a token of it. Texts as the operator's AWS provider has them. */
const roleOf = (reference: JsonMap[string] | undefined, context: ReaderContext): { arn: string; token: string } => {
  const name = textOf(membersOf(reference)['name']) ?? '';
  const namespace = namespaceOf(reference, context);
  const found = context.cluster.objects.get({ group: '', kind: 'ServiceAccount', namespace, name });
  if (found === undefined) return fail(`ServiceAccount "${name}" not found`);
  const arn = found.metadata.annotations?.[annotation] ?? '';
  if (arn === '') return fail(`an IAM role must be associated with service account ${name} (namespace: ${namespace})`);
  const audience = found.metadata.annotations?.['eks.amazonaws.com/audience'] ?? 'sts.amazonaws.com';
  const more = elementsOf(membersOf(reference)['audiences']).flatMap((one) => textOf(one) ?? []);
  const token = context.cluster.requestToken({ namespace, name }, [audience, ...more]);
  return token === undefined ? fail(`ServiceAccount "${name}" not found`) : { arn, token };
};
