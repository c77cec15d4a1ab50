import { admitted } from '../auth/admitted.ts';
import type { Call } from '../endpoint.ts';
import { isMap } from '../fields.ts';
import { type Result, refused } from '../result.ts';
import type { KubernetesRole } from './content.ts';
import { methodOf, roleOf } from './store.ts';

/** Who a service account token says that it belongs to. */
interface Claims {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly audiences: readonly string[];
  readonly expires: number | undefined;
}

const denied = refused(403, 'permission denied');

/**
 * `POST login`: the claims are held against the role, then the cluster is asked whether the token is good. What the
 * cluster says stays in Vault's log; the client sees `permission denied`.
 */
export const login = async (
  call: Pick<Call, 'vault' | 'mount'>,
  { role: roleName, jwt }: { readonly role: string; readonly jwt: string },
): Promise<Result> => {
  if (roleName === '') return refused(400, 'missing role');
  if (jwt === '') return refused(400, 'missing jwt');
  const role = roleOf(call, roleName);
  if (role === undefined) return refused(400, `invalid role name "${roleName}"`);
  const { config } = methodOf(call);
  if (config === undefined) return refused(500, 'could not load backend configuration');
  const claims = claimsOf(jwt);
  if (claims === undefined) return denied;
  const complaint = complaintAbout(claims, role);
  if (complaint !== undefined) return refused(403, complaint);

  const reviewed = await call.vault.reviewToken({
    host: config.host,
    ca: config.ca,
    bearer: reviewerOf(config, call.vault.podToken) ?? jwt,
    jwt,
    audiences: role.audience === '' ? claims.audiences : [role.audience],
  });
  const username = `system:serviceaccount:${claims.namespace}:${claims.name}`;
  if (reviewed?.username !== username || reviewed.uid !== claims.uid) return denied;
  return admit(call, roleName, role, claims);
};

const admit = (call: Pick<Call, 'vault' | 'mount'>, roleName: string, role: KubernetesRole, claims: Claims): Result => {
  const { namespace, name, uid } = claims;
  return admitted(call, role, {
    displayName: `${namespace}-${name}`,
    alias: role.aliasNameSource === 'serviceaccount_name' ? `${namespace}/${name}` : uid,
    meta: {
      role: roleName,
      service_account_name: name,
      service_account_namespace: namespace,
      service_account_secret_name: '',
      service_account_uid: uid,
    },
  });
};

const complaintAbout = (claims: Claims, role: KubernetesRole): string | undefined => {
  if (claims.expires !== undefined && claims.expires * 1000 < Date.now()) {
    return 'invalid expiration time (exp) claim: token is expired';
  }
  if (role.audience !== '' && !claims.audiences.includes(role.audience)) {
    return 'invalid audience (aud) claim: audience claim does not match any expected audience';
  }
  if (!role.names.some((glob) => matchesGlob(glob, claims.name))) return 'service account name not authorized';
  if (!role.namespaces.some((glob) => matchesGlob(glob, claims.namespace))) return 'namespace not authorized';
  return undefined;
};

const matchesGlob = (glob: string, text: string): boolean => {
  const parts = glob.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(text);
};

const claimsOf = (jwt: string): Claims | undefined => {
  const [, payload, signature] = jwt.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  const claims = parseJson(Buffer.from(payload, 'base64url').toString('utf8'));
  const bound = isMap(claims) ? claims['kubernetes.io'] : undefined;
  if (!isMap(claims) || !isMap(bound) || !isMap(bound['serviceaccount'])) return undefined;
  const { aud, exp } = claims;
  const audiences = Array.isArray(aud) ? aud : [aud];
  return {
    namespace: String(bound['namespace']),
    name: String(bound['serviceaccount']['name']),
    uid: String(bound['serviceaccount']['uid']),
    audiences: audiences.filter((audience) => typeof audience === 'string'),
    expires: typeof exp === 'number' ? exp : undefined,
  };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

// Without a reviewer of its own, and unless it is told not to, Vault asks as its pod; outside of a pod as who logs in.
const reviewerOf = (
  { reviewerJwt, disableLocalCaJwt }: { readonly reviewerJwt: string; readonly disableLocalCaJwt: boolean },
  podToken: string | undefined,
): string | undefined => {
  if (reviewerJwt !== '') return reviewerJwt;
  return disableLocalCaJwt ? undefined : podToken;
};
