import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { address } from '../../engine/address.ts';
import { defineKind } from '../../engine/define-kind.ts';
import { secretValue } from '../../engine/fields.ts';
import { formatPath } from '../../engine/path.ts';
import type { KubeObject } from '../../engine/ports.ts';
import { type Fields, isLiveSecret, type LiveSecret, liveSecret } from '../../engine/value.ts';
import { isSecret, reveal, type Secret, secret as wrap } from '../../secrets/secret.ts';
import { isSourced, type Sourced } from '../../secrets/source.ts';
import { text, textMembers } from './json.ts';
import { applyDesired } from './objects/apply.ts';
import { liveObject } from './objects/live.ts';
import { checkMetadata, fingerprintsOf, liveMetadata, metadataFields, metadataTraits } from './objects/metadata.ts';
import type { KubeClient } from './objects/object-api.ts';
import { getWhole } from './objects/objects.ts';

const ref = ([namespace = '', name = '']: readonly string[]) => ({ group: '', kind: 'Secret', namespace, name });

/** kubernetes.secret/NAMESPACE/NAME. The only kind that reads or writes the data of a Secret. */
export const secret = defineKind({
  kind: 'kubernetes.secret',
  parts: [['namespace', 'name']],
  schema: z.strictObject({
    type: z.string().describe('Type of the Secret; the API server takes Opaque where none is given').optional(),
    data: z
      .record(z.string().regex(/^[-._a-zA-Z0-9]+$/), secretValue().nullable())
      .describe('Where each key has its value from; only the named keys are managed, null means absent'),
    ...metadataFields,
  }),
  fields: { type: { immutable: true }, 'data.*': { secret: true }, ...metadataTraits },
  ownership: 'whole',
  mark: 'own',
  writes: 'apply',
  precondition: 'server',
  parent: ([namespace = '']) => address('kubernetes.namespace', namespace),
  check: checkMetadata,
  read: async (client: KubeClient, id) => {
    const found = await getWhole(client, ref(id));
    if (found === undefined) return { exists: 'no' };
    return liveObject(found, { ...typeOf(found), data: liveData(found), ...liveMetadata(found) });
  },
  value: async (client, id, property = '') => {
    const found = await getWhole(client, ref(id));
    const held = found === undefined ? undefined : liveData(found)[property];
    return isLiveSecret(held) ? held.value : undefined;
  },
  write: async (client, { id, spec: { type, data, ...metadata }, ...circumstances }) => {
    const content = { ...(type === undefined ? {} : { type }), data: await wireData(client, id, data) };
    return applyDesired(client, { ref: ref(id), apiVersion: 'v1', ...metadata, content }, circumstances, 'state');
  },
  remove: ({ objects }, id) => objects.remove(ref(id)),
});

const typeOf = (found: KubeObject): Fields => {
  const type = text(found['type']);
  return type === undefined ? {} : { type };
};

const liveData = (found: KubeObject): Fields => {
  const fingerprints = fingerprintsOf(found);
  const entries = Object.entries(textMembers(found['data'])).map(([key, base64]): [string, LiveSecret] => {
    const fingerprint = fingerprints[formatPath(['data', key])];
    return [key, liveSecret({ ...seen(base64), ...(fingerprint === undefined ? {} : { fingerprint }) })];
  });
  return Object.fromEntries(entries);
};

// lab writes texts only: bytes that are no text are somebody else's, and would not survive being made one.
const seen = (base64: string): { value: Secret } | { moved: true } => {
  const bytes = Buffer.from(base64, 'base64');
  return isUtf8(bytes) ? { value: wrap(bytes.toString()) } : { moved: true };
};

/** `data` as it goes on the wire. A key whose source has no value now is sent as it is there: left out, it would be removed. */
const wireData = async (
  client: KubeClient,
  id: readonly string[],
  data: Readonly<Record<string, Secret | Sourced | null>>,
): Promise<Readonly<Record<string, string | null>>> => {
  const keepsSome = Object.values(data).some(isSourced);
  // Its base64, not the value that read() gave: bytes that are no text would not survive that.
  const there = keepsSome ? textMembers((await getWhole(client, ref(id)))?.['data']) : {};
  const entries = Object.entries(data).flatMap(([key, value]): [string, string | null][] => {
    if (value === null) return [[key, null]];
    if (isSecret(value)) return [[key, Buffer.from(reveal(value)).toString('base64')]];
    const kept = there[key];
    return kept === undefined ? [] : [[key, kept]];
  });
  return Object.fromEntries(entries);
};
