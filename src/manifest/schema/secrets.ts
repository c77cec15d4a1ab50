import { z } from 'zod';
import { duration } from '../../engine/fields.ts';
import { dataKeyName, labName, objectName } from './names.ts';
import { certificateSecret } from './secrets-certificate.ts';
import { dynamicSecret } from './secrets-dynamic.ts';
import { surprises, valueSource } from './source.ts';

const remote = z.string().min(1, 'is empty; write KEY or KEY#PROPERTY');

const key = z.strictObject({
  at: z
    .union([remote, z.record(labName(), remote)])
    .describe('The remote key, KEY or KEY#PROPERTY; or one for each store: {STORE: KEY}'),
  value: valueSource().optional().describe('Absent: lab only reads'),
  ...surprises,
  decode: z.enum(['Auto', 'Base64', 'Base64URL', 'None']).optional(),
  version: z.string().optional(),
});

const fields = z.strictObject({
  name: objectName().optional().describe('The name in Kubernetes, when it differs from the key'),
  readFrom: z
    .union([labName(), z.array(labName()).min(1)])
    .transform((stores) => (typeof stores === 'string' ? [stores] : stores))
    .refine((stores) => stores.length === 1, 'mirrors are not supported yet; name one store')
    .optional(),
  dynamic: dynamicSecret.optional().describe('Instead of readFrom and keys: Vault makes the values'),
  certificate: certificateSecret.optional().describe('Instead of readFrom and keys: Vault issues a certificate'),
  refresh: duration().optional().describe('How often External Secrets reads again: 1h'),
  keys: z
    .record(dataKeyName(), key)
    .refine((keys) => Object.keys(keys).length > 0, 'is empty; a secret needs a key')
    .optional(),
  template: z.record(dataKeyName(), z.string()).optional().describe('Keys of the Secret as Go templates over `keys`'),
});

/** One Kubernetes Secret and what it is made of. */
export const secretEntry = fields.transform(({ readFrom, keys, dynamic, certificate, ...rest }, context) => {
  const missing = (field: string, expected: string) => {
    context.addIssue({ code: 'custom', path: [field], message: `is missing; ${expected} is expected` });
  };
  const made = Object.entries({ dynamic, certificate }).flatMap(([word, given]) => (given === undefined ? [] : [word]));
  const [word, another] = made;
  if (word === undefined && readFrom === undefined) missing('readFrom', 'the name of a store');
  if (word === undefined && keys === undefined) missing('keys', 'a map');
  if (word !== undefined && (readFrom !== undefined || keys !== undefined)) {
    context.addIssue({ code: 'custom', path: [word], message: 'takes the place of readFrom and keys' });
  }
  if (another !== undefined) {
    context.addIssue({ code: 'custom', path: [another], message: `takes the place of ${word ?? ''}` });
  }
  return {
    ...rest,
    readFrom: readFrom ?? [],
    keys: keys ?? {},
    ...(dynamic === undefined ? {} : { dynamic }),
    ...(certificate === undefined ? {} : { certificate }),
  };
});

/** One entry of `secrets`. */
export type SecretEntry = z.output<typeof secretEntry>;

/** One of its keys. */
export type SecretKey = SecretEntry['keys'][string];
