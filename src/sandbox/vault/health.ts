import type { Content, VaultState } from './content.ts';
import { vaultVersion } from './mount-types.ts';

/** Answers that are not wrapped: health, seal status, init. */
export interface Plain {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

const isUnsealed = (state: VaultState): boolean => state === 'active' || state === 'standby';

const codes: Readonly<Record<Exclude<VaultState, 'absent'>, { status: number; parameter?: string }>> = {
  active: { status: 200, parameter: 'activecode' },
  standby: { status: 429, parameter: 'standbycode' },
  uninitialised: { status: 501, parameter: 'uninitcode' },
  sealed: { status: 503, parameter: 'sealedcode' },
};

/** `GET sys/health`: the status tells the state, and the query may ask for other ones. */
export const health = ({ state, clusterId, clusterName }: Content, query: URLSearchParams): Plain => {
  if (state === 'absent') throw new Error('an absent Vault was asked for its health');
  const { status, parameter } = codes[state];
  const wanted = Number(
    query.get(parameter ?? '') ?? (state === 'standby' && query.get('standbyok') === 'true' ? 200 : status),
  );
  const replication = isUnsealed(state) ? 'disabled' : 'unknown';
  return {
    status: wanted,
    json: {
      initialized: state !== 'uninitialised',
      sealed: !isUnsealed(state),
      standby: state !== 'active',
      performance_standby: false,
      replication_performance_mode: replication,
      replication_dr_mode: replication,
      server_time_utc: Math.floor(Date.now() / 1000),
      version: vaultVersion,
      enterprise: false,
      ...(isUnsealed(state) ? { cluster_name: clusterName, cluster_id: clusterId } : {}),
      echo_duration_ms: 0,
      clock_skew_ms: 0,
      replication_primary_canary_age_ms: 0,
    },
  };
};

/** Shares that were given since the last unseal or reset; kept in memory, as Vault does. */
export interface Unsealing {
  nonce: string;
  readonly given: Set<string>;
}

/** Nothing was given yet. */
export const forget = (unsealing: Unsealing): void => {
  unsealing.nonce = '';
  unsealing.given.clear();
};

/** `GET sys/seal-status`, and what unseal answers. */
export const sealStatus = (content: Content, { nonce, given }: Unsealing): Plain => ({
  status: 200,
  json: {
    type: 'shamir',
    initialized: content.state !== 'uninitialised',
    sealed: !isUnsealed(content.state),
    t: content.seal?.threshold ?? 0,
    n: content.seal?.shares.length ?? 0,
    progress: given.size,
    nonce,
    version: vaultVersion,
    build_date: '2025-11-18T13:04:32Z',
    migration: false,
    ...(isUnsealed(content.state) ? { cluster_name: content.clusterName, cluster_id: content.clusterId } : {}),
    recovery_seal: false,
    storage_type: 'inmem',
  },
});

/** `GET sys/leader`: a server that knows of no others. */
export const leader: Plain = {
  status: 200,
  json: {
    ha_enabled: false,
    is_self: false,
    active_time: '0001-01-01T00:00:00Z',
    leader_address: '',
    leader_cluster_address: '',
    performance_standby: false,
    performance_standby_last_remote_wal: 0,
  },
};
