import {
  type Artifact,
  etcd,
  externalSecrets,
  externalSecretsCrds,
  kubeApiserver,
  kubeControllerManager,
  ministack,
  moto,
  vault,
} from '../servers/binaries/artifacts.ts';
import { whyMissing } from '../servers/binaries/provide.ts';
import { earlier } from '../servers/external-secrets-release.ts';
import { whyNoPostgresql } from '../servers/postgresql-programs.ts';

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

/** What runs a second time with --matrix. The files are filters of vitest, less `without`. */
export const matrix: Group & { readonly without: string } = {
  name: `External Secrets ${earlier.name}`,
  files: ['test/real/external-secrets/', 'test/real/clouds/'],
  without: 'test/real/external-secrets/unchecked-store.test.ts',
  needs: [earlier.definitions, earlier.program],
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
