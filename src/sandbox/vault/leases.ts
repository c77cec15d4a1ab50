import { type Content, entryOf, type Lease } from './content.ts';
import { type Call, type Endpoint, endpoint } from './endpoint.ts';
import { type Data, done, found, type LeaseData, namesOf, type Result, refused } from './result.ts';
import { randomLetters, systemTtl } from './tokens.ts';

/** Gives a lease for what a mount made; lifetimes in seconds, 0 = as the mount, else the system, has it. */
export const issueLease = (
  { vault, mount }: Pick<Call, 'vault' | 'mount'>,
  path: string,
  times: { readonly ttl: number; readonly maxTtl: number },
): LeaseData => {
  const { defaultLeaseTtl, maxLeaseTtl } = mount.entry;
  const mountCap = maxLeaseTtl || systemTtl;
  const cap = times.maxTtl > 0 ? Math.min(times.maxTtl, mountCap) : mountCap;
  const ttl = Math.min(times.ttl || defaultLeaseTtl || systemTtl, cap);
  const issuedAt = Date.now();
  const id = `${mount.path}${path}/${randomLetters(24)}`;
  vault.content.leases[id] = { issuedAt, expiresAt: issuedAt + ttl * 1000, ttl, endsAt: issuedAt + cap * 1000 };
  vault.changed();
  return { id, duration: ttl, renewable: true };
};

/** Ends every lease below a path. */
export const revokeLeases = (content: Content, prefix: string): void => {
  for (const id of Object.keys(content.leases)) if (id.startsWith(prefix)) delete content.leases[id];
};

const findLease = (content: Content, id: string): Lease | undefined => {
  const lease = entryOf(content.leases, id);
  if (lease === undefined || lease.expiresAt > Date.now()) return lease;
  delete content.leases[id];
  return undefined;
};

const describe = (id: string, lease: Lease): Data => ({
  expire_time: new Date(lease.expiresAt).toISOString(),
  id,
  issue_time: new Date(lease.issuedAt).toISOString(),
  last_renewal: lease.renewedAt === undefined ? null : new Date(lease.renewedAt).toISOString(),
  renewable: true,
  ttl: Math.round((lease.expiresAt - Date.now()) / 1000),
});

const renew = ({ vault }: Call, id: string, increment: number): Result => {
  const lease = findLease(vault.content, id);
  if (lease === undefined) return refused(400, 'lease not found');
  const now = Date.now();
  lease.renewedAt = now;
  lease.expiresAt = Math.min(now + (increment > 0 ? increment : lease.ttl) * 1000, lease.endsAt);
  vault.changed();
  const duration = Math.round((lease.expiresAt - now) / 1000);
  return { is: 'data', status: 200, data: null, lease: { id, duration, renewable: true } };
};

const list = ({ vault: { content }, params: [prefix = ''] }: Call): Result => {
  const below = Object.keys(content.leases).filter(
    (id) => id.startsWith(`${prefix}/`) && findLease(content, id) !== undefined,
  );
  const names = below.map((id) => /^[^/]+\/?/.exec(id.slice(prefix.length + 1))?.[0] ?? '');
  return namesOf([...new Set(names)]);
};

/** `sys/leases/…`. */
export const leaseEndpoints: readonly Endpoint[] = [
  endpoint({
    pattern: /^leases\/lookup$/,
    fields: { lease_id: 'string' },
    on: {
      update: ({ vault }, { lease_id: id = '' }) => {
        if (id === '') return refused(400, 'lease_id must be specified');
        const lease = findLease(vault.content, id);
        return lease === undefined ? refused(400, 'invalid lease') : found(describe(id, lease));
      },
    },
  }),
  endpoint({ pattern: /^leases\/lookup\/(.+?)\/?$/, fields: {}, on: { list } }),
  endpoint({
    pattern: /^leases\/renew$/,
    fields: { lease_id: 'string', increment: 'seconds' },
    on: { update: (call, { lease_id: id = '', increment = 0 }) => renew(call, id, increment) },
  }),
  endpoint({
    pattern: /^leases\/revoke$/,
    fields: { lease_id: 'string', sync: 'bool' },
    on: {
      update: ({ vault }, { lease_id: id = '' }) => {
        if (id === '') return refused(400, 'lease_id must be specified');
        delete vault.content.leases[id];
        vault.changed();
        return done;
      },
    },
  }),
  endpoint({
    pattern: /^leases\/revoke-(?:prefix|force)\/(.+?)\/?$/,
    fields: { sync: 'bool' },
    on: {
      update: ({ vault, params: [prefix = ''] }) => {
        revokeLeases(vault.content, `${prefix}/`);
        vault.changed();
        return done;
      },
    },
  }),
];
