import { reveal, type Secret } from '../../secrets/secret.ts';
import { refusal } from './refusal.ts';
import { openSdk, type Sdk, type SdkOptions } from './sdk.ts';

/** Somebody who takes a role on with a token of a cluster. */
export interface Visitor {
  readonly role: string;
  readonly token: Secret;
}

/** What somebody else got to see: it worked, or AWS's own words. */
export type Tried = { readonly ok: true } | { readonly ok: false; readonly found: string };

/** The login of such a visitor, and what it may read. Nothing of what it is given leaves these calls. */
export interface VisitorLogin {
  /** Exchanges the cluster's token for a session of the role. */
  logIn(): Promise<Tried>;
  /** Reads a secret and forgets its value. */
  readSecret(place: { readonly region: string; readonly name: string }): Promise<Tried>;
}

/** Opens it; nothing is sent yet. */
export const visitorLogin = (
  sdk: Sdk,
  { role, token }: Visitor,
  { config, env, signal }: Pick<SdkOptions, 'config' | 'env'> & { readonly signal: AbortSignal },
): VisitorLogin => {
  const http = { abortSignal: signal };
  const region = config.region;
  const assume = async () => {
    const api = await sdk.sts();
    const request = { RoleArn: role, RoleSessionName: 'lab-verify', WebIdentityToken: reveal(token) };
    const { Credentials: given } = await api.assumeRoleWithWebIdentity({ ...request, DurationSeconds: 900 }, http);
    return {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      ...(given?.SessionToken === undefined ? {} : { sessionToken: given.SessionToken }),
    };
  };
  return {
    logIn: () =>
      trying({ operation: 'AssumeRoleWithWebIdentity', subject: role, region, service: 'sts' }, token, assume),
    readSecret: (place) =>
      trying({ operation: 'GetSecretValue', subject: place.name, region: place.region }, token, async () => {
        const accessKey = await assume();
        const own = openSdk({ config, env, readOnly: false, credentials: async () => accessKey });
        try {
          const api = await own.secretsManager(place.region);
          await api.getSecretValue({ SecretId: place.name }, http);
        } finally {
          own.close();
        }
      }),
  };
};

const trying = async (
  call: Parameters<typeof refusal>[1],
  token: Secret,
  work: () => Promise<unknown>,
): Promise<Tried> => {
  try {
    await work();
    return { ok: true };
  } catch (error) {
    const refused = refusal(error, call, [token]);
    if (refused.code === 'CANCELLED') throw refused;
    return { ok: false, found: refused.message };
  }
};
