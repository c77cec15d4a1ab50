import type { LoggedIn, LoginRequest, Refused, SecretReading, Wanted } from '../../azure/reading.ts';
import { elementsOf, type JsonMap, membersOf, textOf } from '../../kubernetes/json.ts';
import { fail, failAbsent } from '../failure.ts';
import type { RemoteRef } from '../spec.ts';
import type { ReaderContext, StoreProvider, StoreReader } from './reader.ts';
import { namespaceOf, secretKey } from './references.ts';
import { logInByStandIns, propertyOf } from './stand-ins.ts';

/** Azure as the operator reaches it. */
export interface AzureCloud {
  logIn(request: LoginRequest): Promise<LoggedIn>;
  readWith(token: string, wanted: Wanted): SecretReading;
  /** What the sandbox's static credentials and its nodes are in the directory. */
  readonly reader: LoginRequest;
}

/** Secrets of an Azure Key Vault. The operator logs in as the store's authType says. */
export const azureKeyVault = (cloud: AzureCloud): StoreProvider => ({
  capabilities: 'ReadWrite',
  open: async (block, context) => {
    switch (textOf(block['authType']) ?? 'ServicePrincipal') {
      case 'ServicePrincipal': {
        const { clientId, clientSecret } = membersOf(block['authSecretRef']);
        logInByStandIns([clientId, clientSecret], context, 'AADSTS7000215: Invalid client secret provided.');
        return opened(cloud, block, cloud.reader);
      }
      case 'ManagedIdentity':
        return opened(cloud, block, cloud.reader);
      case 'WorkloadIdentity': {
        const reference = block['serviceAccountRef'];
        // Whose identity is to be used is only known once an ExternalSecret asks.
        if (context.namespace === '' && membersOf(reference)['namespace'] === undefined) return unchecked;
        return opened(cloud, block, identityOf(block, context));
      }
      default:
        return fail('cannot initialize Azure Client: no valid authType was specified');
    }
  },
});

const opened = async (cloud: AzureCloud, block: JsonMap, who: LoginRequest): Promise<StoreReader> => {
  const loggedIn = await cloud.logIn(who);
  if (loggedIn.is === 'refused') return fail(wording(loggedIn));
  const vault = /^https:\/\/([^./]+)\./.exec(textOf(block['vaultUrl']) ?? '')?.[1] ?? '';
  return {
    validate: async () => undefined,
    read: async ({ key, property, version }: RemoteRef) => {
      const name = key.replace(/^secret\//, '');
      const reading = cloud.readWith(loggedIn.token, { vault, name, ...(version === '' ? {} : { version }) });
      if (reading.is === 'value') return propertyOf(reading.value, property);
      return reading.code === 'SecretNotFound' ? failAbsent() : fail(wording(reading));
    },
  };
};

const unchecked: StoreReader = {
  validate: async () => undefined,
  read: async () => fail('a namespace is needed to find the service account of'),
};

const clientAnnotation = 'azure.workload.identity/client-id';
const tenantAnnotation = 'azure.workload.identity/tenant-id';
const audience = 'api://AzureADTokenExchange';

/** The identity that a service account names, and a token of it. Texts as the operator's Azure provider has them. */
const identityOf = (block: JsonMap, context: ReaderContext): LoginRequest => {
  const reference = block['serviceAccountRef'];
  const name = textOf(membersOf(reference)['name']) ?? '';
  const namespace = namespaceOf(reference, context);
  const found = context.cluster.objects.get({ group: '', kind: 'ServiceAccount', namespace, name });
  if (found === undefined) return fail(`ServiceAccount "${name}" not found`);
  const annotations = found.metadata.annotations ?? {};
  const secret = secretIn(block, context);
  const annotated = annotations[clientAnnotation];
  if (secret.clientId !== undefined && annotated !== undefined) {
    return fail('multiple clientID found. Check secretRef and serviceAccountRef');
  }
  const clientId = secret.clientId ?? annotated ?? '';
  if (clientId === '') {
    return fail(
      `missing clientID: either serviceAccountRef or service account annotation '${clientAnnotation}' is missing`,
    );
  }
  const stated = secret.tenantId ?? textOf(block['tenantId']);
  if (stated !== undefined && annotations[tenantAnnotation] !== undefined) {
    return fail("multiple tenantID found. Check secretRef, 'spec.provider.azurekv.tenantId', and serviceAccountRef");
  }
  const tenant = stated ?? annotations[tenantAnnotation] ?? '';
  if (tenant === '') return fail('missing tenantID in store config');
  const more = elementsOf(membersOf(reference)['audiences']).flatMap((one) => textOf(one) ?? []);
  const assertion = context.cluster.requestToken({ namespace, name }, [audience, ...more]);
  return assertion === undefined ? fail(`ServiceAccount "${name}" not found`) : { tenant, clientId, assertion };
};

/** What a Secret says of the identity, beside the service account. */
const secretIn = (block: JsonMap, context: ReaderContext): { clientId?: string; tenantId?: string } => {
  if (block['authSecretRef'] === undefined) return {};
  const { clientId, tenantId } = membersOf(block['authSecretRef']);
  if (clientId === undefined) return fail('missing accessKeyID/secretAccessKey in store config');
  return {
    clientId: secretKey(clientId, context),
    ...(tenantId === undefined ? {} : { tenantId: secretKey(tenantId, context) }),
  };
};

// Trace and time of a refusal differ each time; the operator's events would, too.
const wording = ({ by, code, inner, message }: Refused): string => {
  const said = message.replace(/ Trace ID: .*$/s, '');
  return by === 'login' ? said : `${inner === undefined ? code : `${code} (${inner})`}: ${said}`;
};
