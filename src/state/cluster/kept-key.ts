import { keySecretType, type ObjectRef, type OwnObjects } from '../../engine/ports.ts';
import { LabError } from '../../errors.ts';
import { reveal, type Secret, secret } from '../../secrets/secret.ts';
import type { KeyHome } from '../key-home.ts';
import { createAtHome } from './home.ts';
import { dataIn, encodeData, nameOf } from './place.ts';

/** Which Secret the key of the fingerprints lies in. */
export interface KeyPlace {
  readonly namespace: string;
  readonly name: string;
}

const field = 'key';

const refOf = ({ namespace, name }: KeyPlace): ObjectRef => ({ group: '', kind: 'Secret', namespace, name });

/** The key in a Secret of the cluster. */
export const keyInCluster = (objects: OwnObjects, place: KeyPlace): KeyHome => ({
  read: () => readKeptKey(objects, place),
  keep: (key) => keepKey(objects, place, key),
});

const describeKeyPlace = (place: KeyPlace): string => nameOf(refOf(place));

const readKeptKey = async (objects: OwnObjects, place: KeyPlace): Promise<Secret | undefined> => {
  const found = await objects.get(refOf(place));
  if (found === undefined) return undefined;
  const bytes = found['type'] === keySecretType ? dataIn(found, field) : undefined;
  if (bytes !== undefined) return secret(bytes.toString());
  throw new LabError('BAD_STATE', `${describeKeyPlace(place)} holds no fingerprint key`, {
    next: `It is of type ${keySecretType} and has the key under data.${field}; name another one in fingerprints.secret.`,
  });
};

const keepKey = async (objects: OwnObjects, place: KeyPlace, key: Secret): Promise<Secret> => {
  const { namespace, name } = place;
  // Without the labels of an owner: whoever deletes a state by its labels does not delete the key.
  const made = await createAtHome(objects, {
    apiVersion: 'v1',
    kind: 'Secret',
    type: keySecretType,
    metadata: { name, namespace, labels: { 'app.kubernetes.io/managed-by': 'lab' } },
    immutable: true,
    data: encodeData({ [field]: reveal(key) }),
  });
  if (made.is === 'made') return key;
  const first = await readKeptKey(objects, place);
  if (first !== undefined) return first;
  throw new LabError('STALE', `${describeKeyPlace(place)} was deleted in this very moment`, { next: 'Run it again.' });
};
