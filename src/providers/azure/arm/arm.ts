import type { KeyVaultManagementClient } from '@azure/arm-keyvault';
import type { ManagedServiceIdentityClient } from '@azure/arm-msi';
import type { ServiceClient } from '@azure/core-client';
import { z } from 'zod';
import { LabError } from '../../../errors.ts';
import { type Secret, secret } from '../../../secrets/secret.ts';
import { clouds } from '../cloud.ts';
import type { AzureConfig } from '../config.ts';
import { type Failure, failureOf, unanswered } from '../failure.ts';
import type { Login } from '../login/login.ts';
import type { ShownCall } from '../refusal.ts';
import { cancelled, type Outcome, type Patience, retrying } from '../retry.ts';
import type { Wire } from '../wire.ts';
import { armRefusal } from './refusal.ts';

/** A call before it is made. */
export interface ArmCall {
  readonly method: ShownCall['method'];
  /** Below the subscription. */
  readonly path: string;
  /** What passes by itself beside what always does. */
  readonly passes?: (failure: Failure) => boolean;
  /** Milliseconds before each further try. */
  readonly pauses?: readonly number[];
  /** Changes nothing, though it is no GET. */
  readonly harmless?: true;
}

/** Turns a failure that is no failure into its value. */
export type Known<T> = (failure: Failure) => { readonly value: T } | undefined;

/** The calls of one subscription by Microsoft's clients. Every failure is a LabError. */
export interface Arm {
  readonly subscription: string;
  readonly tenant: string;
  /** Ends what is only waited for. */
  readonly stopping: AbortSignal;
  /** Pauses of a call for what takes minutes to be known everywhere. */
  readonly slow: readonly number[];
  vaults<T>(call: ArmCall, run: (sdk: KeyVaultManagementClient) => Promise<T>, known?: Known<T>): Promise<T>;
  identities<T>(call: ArmCall, run: (sdk: ManagedServiceIdentityClient) => Promise<T>, known?: Known<T>): Promise<T>;
  /** What there is no good client for: one request, its answer as JSON. */
  rest<T>(call: RestCall, shape: z.ZodType<T>, known?: Known<T>): Promise<T>;
  /** Who lab is in the directory, as its own token says. */
  self(): Promise<Self>;
  /** A token of lab's own for another API of the tenant, named by its application's id. */
  tokenFor(application: string): Promise<Secret>;
}

/** A request without a client of its own. */
export interface RestCall extends ArmCall {
  readonly version: string;
  /** Another address than that of the path: where an operation tells how far it is. */
  readonly at?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** An answer of `rest`; `location` is where a long-running operation tells how far it is. */
export const answered = <T extends z.ZodType>(body: T) =>
  z.object({ status: z.number(), location: z.string().optional(), body });

/** Somebody of the directory. */
export interface Self {
  readonly id: string;
  readonly type: 'User' | 'ServicePrincipal';
}

/** What openArm() needs. */
export interface ArmSetup {
  readonly config: Pick<AzureConfig, 'cloud' | 'tenant' | 'subscription'>;
  readonly wire: Wire;
  readonly login: Login;
  readonly readOnly: boolean;
  readonly patience: Patience;
  readonly slow: readonly number[];
  readonly stopping: AbortSignal;
  /** Told of each request that may change something. */
  readonly wrote: () => void;
}

/** Opens nothing yet: each client is loaded with the first call that needs it. Throws BAD_MANIFEST without a subscription. */
export const openArm = ({ config, wire, login, readOnly, patience, slow, stopping, wrote }: ArmSetup): Arm => {
  const { tenant, subscription } = config;
  if (tenant === undefined || subscription === undefined) {
    throw new LabError(
      'BAD_MANIFEST',
      'vaults, identities and roles are of a subscription, and the manifest names none',
      {
        next: 'Write expect.azure.tenant and expect.azure.subscription; az account show has both.',
      },
    );
  }
  const { management: endpoint } = clouds[config.cloud ?? 'public'];
  const { host } = new URL(endpoint);
  const credential = login.credentialIn(tenant);
  const options = { endpoint, ...wire.optionsFor({ host, readOnly }) };
  const scope = `${endpoint}/.default`;

  const keyVault = once(async () => {
    const { KeyVaultManagementClient: Client } = await import('@azure/arm-keyvault');
    return new Client(credential, subscription, options);
  });
  const identity = once(async () => {
    const { ManagedServiceIdentityClient: Client } = await import('@azure/arm-msi');
    return new Client(credential, subscription, options);
  });
  const plain = once(async () => {
    const { ServiceClient: Client } = await import('@azure/core-client');
    return new Client({ credential, credentialScopes: scope, ...options });
  });

  const attempt = async <T>(run: () => Promise<T>): Promise<Outcome<T>> => {
    const { isRestError } = await import('@azure/core-rest-pipeline');
    try {
      return { ok: true, value: await run() };
    } catch (error) {
      if (error instanceof LabError) throw error;
      if (patience.signal.aborted) throw cancelled();
      if (isRestError(error)) return { ok: false, failure: failureOf(error, wire.refusalOf(error.request)) };
      if (error instanceof Error && error.name === 'AbortError') return { ok: false, failure: unanswered('ETIMEDOUT') };
      throw error;
    }
  };
  const make = async <T>(call: ArmCall, run: () => Promise<T>, known?: Known<T>): Promise<T> => {
    const { method, path, passes, pauses, harmless } = call;
    // With pauses of its own a call waits for what takes minutes.
    const { signal } = pauses === undefined ? patience : { signal: stopping };
    if (method !== 'GET' && harmless !== true && !readOnly) wrote();
    const outcome = await retrying({ pauses: pauses ?? patience.pauses, signal }, true, () => attempt(run), passes);
    if (outcome.ok) return outcome.value;
    const meant = known?.(outcome.failure);
    if (meant !== undefined) return meant.value;
    throw armRefusal({ method, path, host }, outcome.failure);
  };

  return {
    subscription,
    tenant,
    stopping,
    slow,
    vaults: (call, run, known) => make(call, async () => run(await keyVault()), known),
    identities: (call, run, known) => make(call, async () => run(await identity()), known),
    rest: (call, shape, known) =>
      make(
        call,
        async () => shape.parse(await send(await plain(), `${endpoint}/subscriptions/${subscription}`, call)),
        known,
      ),
    tokenFor: async (application) => {
      const token = await credential.getToken(`${application}/.default`);
      if (token === null) throw new LabError('UNAUTHENTICATED', 'the login to Azure gave no token');
      return secret(token.token);
    },
    self: once(async () => {
      const token = await credential.getToken(scope);
      if (token === null) throw new LabError('UNAUTHENTICATED', 'the login to Azure gave no token');
      return selfIn(token.token);
    }),
  };
};

/** Sends one request; an answer that refuses it becomes the SDK's own error, as everywhere else. */
const send = async (client: ServiceClient, base: string, { method, path, at, version, query = {}, body }: RestCall) => {
  const { createPipelineRequest, RestError } = await import('@azure/core-rest-pipeline');
  const url = new URL(at ?? base + path);
  const parameters: Readonly<Record<string, string>> = at === undefined ? { ...query, 'api-version': version } : {};
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const request = createPipelineRequest({ url: url.href, method, ...(body && { body: JSON.stringify(body) }) });
  request.headers.set('accept', 'application/json');
  if (body !== undefined) request.headers.set('content-type', 'application/json');
  const response = await client.sendRequest(request);
  const { status, bodyAsText, headers } = response;
  if (status >= 300) throw new RestError('refused', { statusCode: status, request, response });
  const text = bodyAsText ?? '';
  return { status, location: headers.get('location'), body: text === '' ? undefined : JSON.parse(text) };
};

const claims = z.object({ oid: z.string(), scp: z.string().optional() });

// Our own token, of which we only want to know whom it was given to. One with scopes was given to a person.
const selfIn = (token: string): Self => {
  const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  const { oid, scp } = claims.parse(payload);
  return { id: oid, type: scp === undefined ? 'ServicePrincipal' : 'User' };
};

/** Asks once; an error is asked again. */
const once = <T>(ask: () => Promise<T>): (() => Promise<T>) => {
  let asked: Promise<T> | undefined;
  return () => {
    asked ??= ask().catch((error: unknown) => {
      asked = undefined;
      throw error;
    });
    return asked;
  };
};
