import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ObjectApi, ObjectMeta } from '../../engine/ports.ts';
import { LabError } from '../../errors.ts';
import { group } from './definitions.ts';
import type { ExternalSecretSpec } from './external-secret-spec.ts';

const schema = z.object({
  ownerReferences: z
    .array(z.object({ apiVersion: z.string(), kind: z.string(), name: z.string(), controller: z.boolean().optional() }))
    .optional(),
  managedFields: z
    .array(z.object({ manager: z.string().default(''), fieldsV1: z.record(z.string(), z.unknown()).optional() }))
    .optional(),
});

/**
 * Before an ExternalSecret is made: refuses one whose target is somebody else's Secret. External Secrets would adopt it
 * without a word and wipe every key that it does not know; a Secret that another ExternalSecret makes would only leave
 * a broken object behind. What an ExternalSecret of this name wrote before is its own. Throws CONFLICT.
 */
export const refuseTakeover = async (
  objects: ObjectApi,
  [namespace = '', name = '']: readonly string[],
  { creationPolicy = 'Owner', name: target = name }: NonNullable<ExternalSecretSpec['target']>,
): Promise<void> => {
  if (creationPolicy === 'None') return;
  const secret = await objects.get({ group: '', kind: 'Secret', namespace, name: target });
  if (secret === undefined) return;
  const other = ownerIn(secret.metadata);
  const merges = creationPolicy === 'Merge' || creationPolicy === 'CreateOrMerge';
  if (other?.isExternalSecret === true && other.name !== name) {
    throw new LabError('CONFLICT', `Secret ${namespace}/${target} is made by ExternalSecret ${other.name}`, {
      next: 'Give this one another target.name, or delete the other one first.',
    });
  }
  if (merges || other?.isExternalSecret === true) return;
  if (other === undefined && isWrittenOnlyBy(secret.metadata, name)) return;
  const whose = other === undefined ? 'was not made by this ExternalSecret' : `belongs to ${other.kind} ${other.name}`;
  throw new LabError(
    'CONFLICT',
    `Secret ${namespace}/${target} ${whose}, and External Secrets would wipe its other keys`,
    {
      next: 'Choose another target.name, set target.creationPolicy: Merge to add keys to it, or delete it first.',
    },
  );
};

const ownerIn = (metadata: ObjectMeta) => {
  const owner = schema.parse(metadata).ownerReferences?.find(({ controller }) => controller === true);
  return (
    owner && { ...owner, isExternalSecret: owner.kind === 'ExternalSecret' && owner.apiVersion.startsWith(`${group}/`) }
  );
};

const isWrittenOnlyBy = (metadata: ObjectMeta, name: string): boolean => {
  const writers = (schema.parse(metadata).managedFields ?? []).filter(
    ({ fieldsV1 }) => fieldsV1?.['f:data'] !== undefined,
  );
  return writers.length > 0 && writers.every(({ manager }) => manager === managerOf(name));
};

/** The field manager of an ExternalSecret. Source: fqdnFor in pkg/controllers/externalsecret/util.go of v0.20.4. */
const managerOf = (name: string): string => {
  const manager = `externalsecrets.external-secrets.io/${name}`;
  if (Buffer.byteLength(manager) <= 63) return manager;
  return `externalsecrets.external-secrets.io/sha3/${createHash('sha3-224').update(name).digest('hex')}`;
};
