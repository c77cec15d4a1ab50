import { apply, get, makeNamespace, merge, put, remove } from '../api.ts';
import type { Scenario } from '../transcript.ts';

const apiVersion = 'external-secrets.io/v1';
const collection = `/apis/${apiVersion}`;

/** The kinds of the External Secrets Operator: the defaults of their schemas and what these refuse. No operator runs. */
export const externalSecrets: Scenario = async (ask, place, look) => {
  await makeNamespace(look, place);
  const path = `${collection}/namespaces/${place}/externalsecrets`;
  const secret = (name: string, spec: object) => ({ apiVersion, kind: 'ExternalSecret', metadata: { name }, spec });
  const storeRef = { name: 'nowhere', kind: 'ClusterSecretStore' };
  await apply(
    ask,
    `${path}/a`,
    secret('a', { secretStoreRef: storeRef, data: [{ secretKey: 'k', remoteRef: { key: 'r' } }] }),
    'lab',
    '&dryRun=All',
  );
  const full = {
    secretStoreRef: storeRef,
    refreshInterval: '1h0m0s',
    target: {
      name: 't',
      template: {
        type: 'Opaque',
        metadata: { labels: { a: 'b' } },
        data: { x: 'y' },
        templateFrom: [{ literal: 'z' }],
      },
    },
    dataFrom: [{ extract: { key: 'e' } }, { find: { name: { regexp: 'x' } }, rewrite: [{ merge: {} }] }],
  };
  await apply(ask, `${path}/b`, secret('b', full), 'lab', '&dryRun=All');
  await apply(ask, `${path}/c`, secret('c', { secretStoreRef: storeRef, wrong: 1 }), 'lab', '&dryRun=All');
  await apply(
    ask,
    `${path}/c`,
    secret('c', { secretStoreRef: { name: 'Bad_Name', kind: 'Vault' } }),
    'lab',
    '&dryRun=All',
  );
  await apply(ask, `${path}/c`, secret('c', { data: [{ secretKey: 'a b' }] }), 'lab', '&dryRun=All');
  await apply(ask, `${path}/c`, secret('c', { target: { creationPolicy: 'Never' } }), 'lab', '&dryRun=All');

  const store = (name: string, provider: object) => ({
    apiVersion,
    kind: 'ClusterSecretStore',
    metadata: { name },
    spec: { provider },
  });
  const at = (name: string) => `${collection}/clustersecretstores/${place}-${name}`;
  const tried = async (name: string, provider: object) => {
    await apply(ask, at(name), store(`${place}-${name}`, provider), 'lab', '&dryRun=All');
  };
  const account = { name: 'eso', namespace: place, audiences: ['vault'] };
  const key = { name: 's', namespace: place, key: 'k' };
  await tried('vault', {
    vault: {
      server: 'https://vault:8200',
      path: 'secret',
      auth: { kubernetes: { role: 'r', serviceAccountRef: account } },
    },
  });
  await tried('vault', {
    vault: {
      server: 'https://vault:8200',
      auth: { appRole: { roleId: 'r', secretRef: key } },
      caProvider: { type: 'Secret', name: 'ca', key: 'ca.crt', namespace: place },
    },
  });
  await tried('azure', {
    azurekv: {
      vaultUrl: 'https://x.vault.azure.net',
      tenantId: 't',
      authSecretRef: { clientId: key, clientSecret: key },
    },
  });
  await tried('aws', {
    aws: {
      service: 'SecretsManager',
      region: 'r',
      auth: { secretRef: { accessKeyIDSecretRef: key, secretAccessKeySecretRef: key } },
    },
  });
  await tried('google', { gcpsm: { projectID: 'p' } });
  await tried('kubernetes', {
    kubernetes: {
      server: { caProvider: { type: 'ConfigMap', name: 'kube-root-ca.crt', key: 'ca.crt', namespace: place } },
      auth: { serviceAccount: account },
    },
  });
  await tried('fake', { fake: { data: [{ key: 'a', value: 'b' }] } });
  await tried('wrong', { vault: {} });
  await tried('wrong', { vault: { server: 'x', wrong: 1 } });
  await tried('wrong', { fake: { data: [] }, aws: { service: 'SecretsManager', region: 'r' } });
  await tried('wrong', {});
  await apply(
    ask,
    at('wrong'),
    { apiVersion, kind: 'ClusterSecretStore', metadata: { name: `${place}-wrong` }, spec: {} },
    'lab',
    '&dryRun=All',
  );

  // A store that no operator looks at, because it is of another class.
  const stored = {
    ...store(`${place}-stored`, { fake: { data: [] } }),
    spec: { controller: 'nobody', provider: { fake: { data: [] } } },
  };
  await apply(ask, at('stored'), stored);
  await apply(ask, at('stored'), stored);
  await merge(ask, `${at('stored')}/status`, {
    status: { capabilities: 'ReadOnly', conditions: [{ type: 'Ready', status: 'True' }] },
  });
  const { body } = await get(ask, at('stored'));
  await put(ask, at('stored'), typeof body === 'object' ? { ...body } : {});
  await remove(ask, at('stored'));
};
