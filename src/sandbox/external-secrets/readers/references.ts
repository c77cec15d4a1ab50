import { type Json, membersOf, textOf } from '../../kubernetes/json.ts';
import type { KubeObject } from '../../kubernetes/object.ts';
import { explaining, fail } from '../failure.ts';
import type { ReaderContext } from './reader.ts';

/** Only a ClusterSecretStore may look into other namespaces; without one it looks where the ExternalSecret is. */
export const namespaceOf = (reference: Json | undefined, { store, namespace }: ReaderContext): string => {
  const named = textOf(membersOf(reference)['namespace']);
  return store.kind === 'ClusterSecretStore' && named !== undefined ? named : namespace;
};

/** The text at a key of a Secret that a store refers to. */
export const secretKey = (reference: Json | undefined, context: ReaderContext, defaultKey = ''): string => {
  const { name, key } = membersOf(reference);
  const secretName = textOf(name) ?? '';
  const namespace = namespaceOf(reference, context);
  const secret = context.cluster.objects.get({ group: '', kind: 'Secret', namespace, name: secretName });
  if (secret === undefined) {
    return fail(
      `cannot get Kubernetes secret "${secretName}" from namespace "${namespace}": secrets "${secretName}" not found`,
    );
  }
  const wanted = textOf(key) ?? defaultKey;
  const bytes = dataOf(secret).get(wanted);
  return bytes === undefined
    ? fail(`cannot find secret data for key: "${wanted}"`)
    : Buffer.from(bytes).toString('utf8');
};

/** The data of a Secret. */
export const dataOf = (secret: KubeObject): Map<string, Uint8Array> =>
  new Map(
    Object.entries(membersOf(secret['data'])).map(([key, value]) => [key, Buffer.from(textOf(value) ?? '', 'base64')]),
  );

/** The certificate authority that a store names, as PEM; undefined if it names none. */
export const authorityOf = async (block: Json | undefined, context: ReaderContext): Promise<string | undefined> => {
  const { caBundle, caProvider } = membersOf(block);
  if (typeof caBundle === 'string' && caBundle !== '') return Buffer.from(caBundle, 'base64').toString('utf8');
  if (caProvider === undefined) return undefined;
  const { type, name, key, namespace } = membersOf(caProvider);
  if (context.store.kind === 'ClusterSecretStore' && namespace === undefined) {
    return fail('missing namespace on caProvider secret');
  }
  if (type === 'Secret') {
    return explaining('failed to get cert from secret: failed to resolve secret key ref: ', () =>
      secretKey(caProvider, context),
    );
  }
  const configMap = {
    group: '',
    kind: 'ConfigMap',
    namespace: namespaceOf(caProvider, context),
    name: textOf(name) ?? '',
  };
  const found = context.cluster.objects.get(configMap);
  if (found === undefined) {
    const { name: wanted } = configMap;
    return fail(
      `failed to get cert from configmap: failed to get caProvider secret ${wanted}: configmaps "${wanted}" not found`,
    );
  }
  const text = textOf(membersOf(found['data'])[textOf(key) ?? '']);
  return (
    text ??
    fail(
      `failed to get cert from configmap: failed to get caProvider configMap ${configMap.name} -> ${textOf(key) ?? ''}`,
    )
  );
};
