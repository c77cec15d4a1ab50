import * as Flags from '@oclif/core/flags';
import { LabCommand } from '../../cli/base-command.ts';
import { approvalFlags, manifestFlags, sandboxFlags } from '../../cli/flags.ts';
import type { RekeyDocument } from '../../views/vault-rekey.ts';

export default class VaultRekey extends LabCommand {
  static override summary = 'Give the custodians of the manifest new shares of Vault.';
  static override description =
    `For when a custodian leaves or joins, or a share may be known: change vault.init.custodians, leave the store of who left in stores until this is done, and run it. Shows what it does and asks.

New shares are encrypted to keys of their own, kept beside those of now, read back, and given to Vault once more; only then do they count, and those before open the Vault no more. Killed anywhere, it is finished by the next run. Snapshots of before are opened by the shares of before only, so the copies of these stay where they are; --delete-old deletes them once the new ones are proven; after a rekey for the custodians of the manifest it only does that, and hands out nothing.

Shares that the stores do not keep are given by people: with unseal: prompt it asks for them at the terminal, those of now and then the new ones, which they decrypt meanwhile; else it says how.

Exit code: 0 done, 1 error or people have to give shares first, 5 refused or not approved, 8 not approved at the question.`;
  static override examples = [
    {
      description: 'After the custodians were changed in the manifest',
      command: '<%= config.bin %> vault rekey -e kind',
    },
    { description: 'In a script', command: '<%= config.bin %> vault rekey -e kind --auto-approve --json' },
  ];
  static override flags = {
    ...manifestFlags,
    'auto-approve': approvalFlags['auto-approve'],
    'delete-old': Flags.boolean({
      summary: 'Delete the copies of the shares of before; snapshots of before open no more.',
    }),
    ...sandboxFlags,
  };

  async run(): Promise<RekeyDocument> {
    const { flags } = await this.parse(VaultRekey);
    const [{ vaultRekey }, { rekeyAnswer }] = await Promise.all([
      import('../../cli/vault-servers.ts'),
      import('../../cli/answers.ts'),
    ]);
    const { document, text } = rekeyAnswer(await vaultRekey(flags, this.host()), flags, this.screen());
    return this.answer(document, text);
  }
}
