import type { Fields } from '../../engine/value.ts';
import { splitNamespaced } from '../schema/names.ts';
import type { SecretEntry } from '../schema/secrets.ts';
import { draft, type Found, type Given, namespaceDraft } from './draft.ts';
import { externalSecretSpec } from './external-secret.ts';
import { type Read, readSecrets } from './reads.ts';
import { remoteAddress } from './remote-object.ts';
import { deliveredInto } from './secret-ids.ts';
import { expandCertificate } from './secrets-certificate.ts';
import { expandDynamic } from './secrets-dynamic.ts';
import { expandWrites } from './writes.ts';

/** Section `secrets`: namespaces, the writes of the values that lab was given, and the ExternalSecrets that read them. */
export function* expandSecrets(given: Given): Generator<Found> {
  const found = [...readSecrets(given)];
  yield* found.filter((item) => item.is === 'complaint');
  const reads = found.filter((item) => item.is === 'read');
  const delivering = deliveredInto(given);
  yield* expandWrites(given, reads);
  for (const [entry, own] of Map.groupBy(reads, (read) => read.entry)) {
    const [first] = own;
    const secret = given.manifest.secrets[entry];
    if (secret !== undefined && first !== undefined) yield* externalSecret(secret, first, own, delivering);
  }
  for (const [entry, secret] of Object.entries(given.manifest.secrets)) {
    if (secret.dynamic !== undefined) yield* expandDynamic(given, entry, secret, secret.dynamic);
    if (secret.certificate !== undefined) yield* expandCertificate(given, entry, secret, secret.certificate);
  }
}

function* externalSecret(
  secret: SecretEntry,
  first: Read,
  reads: readonly Read[],
  delivering: ReadonlyMap<string, string>,
): Generator<Found> {
  const path = ['secrets', first.entry];
  const { namespace, name: ownName } = splitNamespaced(first.entry);
  const { expose } = first.store;
  const storeKind = expose === 'none' ? 'ClusterSecretStore' : expose.kind;
  yield namespaceDraft(path, namespace);
  yield draft(path, 'external-secrets.external-secret', [namespace, ownName], {
    spec: {
      ...externalSecretSpec(secret, ownName),
      store: { name: first.storeName, kind: storeKind },
      data: reads.map(dataOf),
    },
    after: reads.flatMap((read) => [remoteAddress(read), delivering.get(remoteAddress(read)) ?? []].flat()),
  });
}

const dataOf = ({ name, remote, key }: Read): Fields => ({
  key: name,
  remote: {
    ...remote,
    ...(key.version === undefined ? {} : { version: key.version }),
    ...(key.decode === undefined ? {} : { decode: key.decode }),
  },
});
