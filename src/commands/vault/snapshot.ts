import { string } from '@oclif/core/args';
import { LabCommand } from '../../cli/base-command.ts';
import { manifestFlags, sandboxFlags } from '../../cli/flags.ts';
import type { SnapshotDocument } from '../../views/vault-snapshot.ts';

export default class VaultSnapshot extends LabCommand {
  static override summary = "Save a snapshot of Vault's own storage (raft) in a new file.";
  static override description =
    `Logs in as login.apply, which must be allowed to read sys/storage/raft/snapshot, and saves what the active server answers: for the user alone (0600), synced, read back. A file that is there already is never overwritten.

Exit code: 0 done, 1 error, 5 the file is there, or Vault keeps its storage elsewhere.`;
  static override examples = [
    {
      description: 'Every night, and after a rekey',
      command: '<%= config.bin %> vault snapshot vault-2026-11-28.snap -e kind',
    },
    { description: 'In a script', command: '<%= config.bin %> vault snapshot vault.snap -e kind --json' },
  ];
  static override args = {
    file: string({ required: true, description: 'Where it goes; must not be there yet.' }),
  };
  static override flags = { ...manifestFlags, ...sandboxFlags };

  async run(): Promise<SnapshotDocument> {
    const { args, flags } = await this.parse(VaultSnapshot);
    const [{ vaultSnapshot }, { snapshotAnswer }] = await Promise.all([
      import('../../cli/vault-servers.ts'),
      import('../../cli/answers.ts'),
    ]);
    const { document, text } = snapshotAnswer(await vaultSnapshot(args.file, flags, this.host()), flags, this.screen());
    return this.answer(document, text);
  }
}
