import { z } from 'zod';
import { defineKind } from '../../../engine/define-kind.ts';
import { secretValue } from '../../../engine/fields.ts';
import type { Live } from '../../../engine/resource.ts';
import { type Fields, liveSecret } from '../../../engine/value.ts';
import { propertyOf } from '../../../secrets/properties.ts';
import type { AwsClient, SecretState } from '../client.ts';
import { secretArn } from '../iam/arn.ts';
import { anyAccount, rightsOn } from '../rights.ts';
import type { Desired } from './intent.ts';
import {
  decodeMarks,
  encodeNames,
  fieldTag,
  foreignTags,
  isOwnTag,
  type Marks,
  marksBesideFields,
  markTags,
  seenThrough,
} from './marks.ts';
import { secretPlace } from './name.ts';
import { versionOf, writeSecret } from './write.ts';

const schema = z.strictObject({
  value: secretValue().optional().describe('The value as a whole. Either this or properties.'),
  properties: z
    .record(z.string().min(1), secretValue())
    .optional()
    .describe('The values by key of a JSON object. Other keys of the same secret stay.'),
  description: z.union([z.string().max(2048), z.null().transform(() => '')]).optional(),
  tags: z
    .record(z.string(), z.string().nullable())
    .optional()
    .describe('Tags; only the named ones are managed, null means absent.'),
});

const recoveryDays = 30;
const mostTags = 50;

/**
 * A secret in AWS Secrets Manager. Its value is never read to compare: tags hold the fingerprints of what lab wrote, and
 * the id of the version that it wrote.
 */
export const secretsManagerSecret = defineKind<typeof schema.shape, AwsClient>({
  kind: 'aws.secrets-manager-secret',
  parts: [['REGION', 'NAME']],
  schema,
  fields: { value: { secret: true }, 'properties.*': { secret: true }, description: { unset: '' } },
  ownership: 'whole',
  mark: 'own',
  writes: 'merge',
  precondition: 'server',
  protect: `nobody can read its value from then on; AWS keeps it for ${recoveryDays} days, in which it can be restored`,
  identify: (parts) => {
    const { region, name } = secretPlace(parts);
    return [region, name];
  },
  check: (spec) => wrongContent(spec) ?? wrongTags(spec),
  read: async (client, id, desired): Promise<Live> => {
    const state = await client.describe(secretPlace(id));
    if (state === undefined) return { exists: 'no' };
    if (state.deletion !== undefined) {
      const until = state.deletion.slice(0, 10);
      return { exists: 'no', recoverable: `scheduled for deletion on ${until}; it is restored with its history` };
    }
    const marks = decodeMarks(state.tags);
    return {
      exists: 'yes',
      spec: { ...contentOf(marks, state, desired), description: state.description, tags: foreignTags(state.tags) },
      outputs: {},
      version: versionOf(state),
      ...(marks.owner === undefined ? {} : { mark: marks.owner }),
    };
  },
  rights: (id, { properties, description, tags }) => {
    const { region, name } = secretPlace(id);
    const on = secretArn(anyAccount, region, `${name}-??????`);
    const rights = rightsOn(
      'secretsmanager',
      on,
      ['DescribeSecret'],
      [
        'CreateSecret',
        'TagResource',
        'PutSecretValue',
        'UpdateSecretVersionStage',
        'DeleteSecret',
        'RestoreSecret',
        ...also(properties, 'GetSecretValue'),
        ...also(description, 'UpdateSecret'),
        ...also(tags ?? properties, 'UntagResource'),
      ],
    );
    return { ...rights, value: [...rights.plan, { action: 'secretsmanager:GetSecretValue', on }] };
  },
  value: async (client, id, property) => {
    const place = secretPlace(id);
    const state = await client.describe(place);
    if (state?.current === undefined || state.deletion !== undefined) return undefined;
    const value = await client.value(place, state.current);
    return value === undefined || property === undefined ? value : propertyOf(value, property, place.name);
  },
  write: (client, request) => writeSecret(client, secretPlace(request.id), request),
  remove: async (client, id) => {
    const place = secretPlace(id);
    const state = await client.describe(place);
    if (state !== undefined && state.deletion === undefined) await client.scheduleDeletion(place, recoveryDays);
  },
  release: async (client, id) => {
    const place = secretPlace(id);
    const state = await client.describe(place);
    const ours = state === undefined || state.deletion !== undefined ? [] : markTags(state.tags);
    if (ours.length > 0) await client.untag(place, ours);
  },
});

const also = (stated: unknown, action: string): string[] => (stated === undefined ? [] : [action]);

const wrongContent = ({ value, properties }: Desired): string | undefined => {
  if ((value === undefined) === (properties === undefined)) return 'needs exactly one of value and properties';
  if (properties !== undefined && Object.keys(properties).length === 0) return 'properties must hold at least one key';
  const long = Object.keys(properties ?? {}).find((key) => fieldTag(key).length > 128);
  return long === undefined ? undefined : `the property "${long}" has too long a name for a tag of AWS`;
};

const wrongTags = ({ properties = {}, tags = {} }: Desired): string | undefined => {
  const own = Object.keys(tags).find(isOwnTag);
  if (own !== undefined) return `the tag "${own}" is lab's own: take it out`;
  const wrong = Object.entries(tags).find(([name, text]) => !isTag(name, 1, 128) || !isTag(text ?? '', 0, 256));
  if (wrong !== undefined) {
    return `the tag "${wrong[0]}" is none that AWS takes: letters, digits, spaces and + - = . _ : / @, not beginning with aws:`;
  }
  const names = Object.keys(tags);
  if (encodeNames(names).length > 256) return 'the names of all tags together take more than 256 characters';
  const count = names.length + Math.max(1, Object.keys(properties).length) + marksBesideFields;
  return count > mostTags ? `it would have ${count} tags with lab's own, and AWS takes ${mostTags}` : undefined;
};

const isTag = (text: string, shortest: number, longest: number): boolean =>
  text.length >= shortest &&
  text.length <= longest &&
  /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(text) &&
  !text.toLowerCase().startsWith('aws:');

/** What marks tell of the values. Of a secret without marks nothing is known, so what is desired may well be there. */
const contentOf = (marks: Marks, state: SecretState, desired: Desired): Fields => {
  if (state.current === undefined) return {};
  if (marks.fields.size === 0) {
    if (desired.value !== undefined) return { value: liveSecret({}) };
    const keys = Object.keys(desired.properties ?? {});
    return keys.length === 0 ? {} : { properties: Object.fromEntries(keys.map((key) => [key, liveSecret({})])) };
  }
  const there = [...marks.fields].filter(([, mark]) => mark.is !== 'gone').map(([field]) => field);
  const properties = there.filter((field) => field !== '');
  return {
    ...(there.includes('') ? { value: seenThrough(marks, state, '') } : {}),
    ...(properties.length === 0
      ? {}
      : { properties: Object.fromEntries(properties.map((field) => [field, seenThrough(marks, state, field)])) }),
  };
};
