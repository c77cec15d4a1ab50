import {
  type Artifact,
  etcd,
  externalSecrets,
  externalSecretsCrds,
  kubeApiserver,
  kubeControllerManager,
  ministack,
  moto,
  openbao,
  vault,
} from '../servers/binaries/artifacts.ts';
import { whyMissing } from '../servers/binaries/provide.ts';
import { earlier, releaseVariable } from '../servers/external-secrets-release.ts';
import { whyNoPostgresql } from '../servers/postgresql-programs.ts';
import { programVariable } from '../servers/vault-program.ts';

/** Tests that need the same servers: without one of these none of the group runs. */
export interface Group {
  readonly name: string;
  readonly files: readonly string[];
  readonly needs: readonly (Artifact | 'postgresql')[];
}

/** A group that cannot run here. */
export interface NotRun extends Group {
  readonly because: readonly string[];
}

/** The first is what every test shares (setup.ts), so without it nothing runs. */
export const groups: readonly Group[] = [
  {
    name: 'all of test/real',
    files: ['test/real/**'],
    needs: [etcd, kubeApiserver, kubeControllerManager, externalSecretsCrds, externalSecrets, vault],
  },
  { name: 'AWS by moto', files: ['test/real/aws/**', 'test/real/clouds/**'], needs: [moto] },
  { name: 'EKS by ministack', files: ['test/real/aws/ministack.test.ts'], needs: [ministack] },
  { name: 'OpenBao as it is shipped', files: ['test/real/vault/openbao.test.ts'], needs: [openbao] },
  {
    name: 'databases',
    files: [
      'test/real/postgresql.test.ts',
      'test/real/vault/database*.test.ts',
      'test/real/external-secrets/dynamic.test.ts',
      'test/real/sandbox/vault-recordings.test.ts',
      'test/real/story/vault-full.test.ts',
    ],
    needs: ['postgresql'],
  },
];

/** Tests that run once more, on another server. The files are filters of vitest, less `without`. */
export interface Pass extends Group {
  readonly without?: string;
  readonly environment: Readonly<Record<string, string>>;
}

const ofVault = [
  // Every kind, what it reads back, and what it may do.
  'access-contract',
  'contract',
  'database-contract',
  'drift-contract',
  'inventory-contract',
  'kv-secret',
  'kv-upgrade-contract',
  'oidc-contract',
  'pki',
  'pki-contract',
  'pki-external',
  'pki-role',
  'pki-role-contract',
  'read-back',
  'rights-contract',
  'secret-id-contract',
  'secret-id-wrapped-contract',
  'unknown-field-contract',
  // Logins and databases.
  'consumers',
  'database',
  'database-login',
  'database-source',
  'login',
  'login-proof',
  'logins',
  'oidc-login',
  // From nothing into service, killed on the way, and back from a snapshot.
  'computed',
  'drill',
  'from-nothing',
  'kill',
  'lifecycle',
  'refusals',
  'record',
  'rekey',
  'rekey-two',
  'rekey-typed',
  'root-like',
  'strangers',
];

/** OpenBao in the place of Vault. */
export const openBao: Pass = {
  name: 'OpenBao',
  files: [...ofVault.map((name) => `test/real/vault/${name}.test.ts`), 'test/real/story/vault-full.test.ts'],
  needs: [openbao],
  environment: { [programVariable]: 'openbao' },
};

/** Only with --matrix. */
export const matrix: Pass = {
  name: `External Secrets ${earlier.name}`,
  files: ['test/real/external-secrets/', 'test/real/clouds/'],
  without: 'test/real/external-secrets/unchecked-store.test.ts',
  needs: [earlier.definitions, earlier.program],
  environment: { [releaseVariable]: earlier.name },
};

/** Those whose servers can neither be found nor built on this machine. */
export const groupsNotRun = async (asked: readonly Group[] = groups): Promise<readonly NotRun[]> => {
  const judged = await Promise.all(
    asked.map(async (group) => {
      const reasons = await Promise.all(
        group.needs.map((need) => (need === 'postgresql' ? whyNoPostgresql() : whyMissing(need))),
      );
      return { ...group, because: reasons.filter((reason) => reason !== undefined) };
    }),
  );
  return judged.filter(({ because }) => because.length > 0);
};
