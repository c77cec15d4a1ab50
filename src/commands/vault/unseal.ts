import { LabCommand } from '../../cli/base-command.ts';
import { manifestFlags, sandboxFlags } from '../../cli/flags.ts';
import type { VaultDocument } from '../../views/vault.ts';

export default class VaultUnseal extends LabCommand {
  static override summary = 'Unseal every server of Vault with the shares of the escrow.';
  static override description =
    `Reads shares from the custodian stores of vault.init, and gives them to each server that is sealed, until it is not. Needs the escrow and Vault, and nothing else: no login, no state, no plan. Where the stores keep too few, it gives what they keep and says who has the others; with unseal: prompt it asks for these at the terminal.

Exit code: 0 all in service, 1 error, 4 more shares are needed or a server is unreachable, 5 the shares do not fit this Vault.`;
  static override examples = [
    { description: 'After Vault was restarted', command: '<%= config.bin %> vault unseal -e kind' },
    { description: 'In a script', command: '<%= config.bin %> vault unseal -e kind --json' },
  ];
  static override flags = { ...manifestFlags, ...sandboxFlags };

  async run(): Promise<VaultDocument> {
    const { flags } = await this.parse(VaultUnseal);
    const [{ vaultUnseal }, { vaultAnswer }] = await Promise.all([
      import('../../cli/vault-servers.ts'),
      import('../../cli/answers.ts'),
    ]);
    const { document, text } = vaultAnswer(await vaultUnseal(flags, this.host()), flags, this.screen());
    return this.answer(document, text);
  }
}
