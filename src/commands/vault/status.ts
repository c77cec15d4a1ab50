import { LabCommand } from '../../cli/base-command.ts';
import { manifestFlags, sandboxFlags } from '../../cli/flags.ts';
import type { VaultDocument } from '../../views/vault.ts';

export default class VaultStatus extends LabCommand {
  static override summary = 'Show how the servers of Vault and their escrow stand.';
  static override description =
    `Asks each server of Vault and each custodian store of vault.init, and nobody else: no login, no state, no plan, no other system.

Exit code: 0 all in service, 1 error, 4 sealed, not initialised or unreachable, 5 Vault and its escrow disagree.`;
  static override examples = [
    { description: 'Look at it', command: '<%= config.bin %> vault status -e kind' },
    {
      description: 'Which servers are sealed',
      command: `<%= config.bin %> vault status --json | jq '.servers[] | select(.state == "sealed")'`,
    },
  ];
  static override flags = { ...manifestFlags, ...sandboxFlags };

  async run(): Promise<VaultDocument> {
    const { flags } = await this.parse(VaultStatus);
    const [{ vaultStatus }, { vaultAnswer }] = await Promise.all([
      import('../../cli/vault-servers.ts'),
      import('../../cli/answers.ts'),
    ]);
    const { document, text } = vaultAnswer(await vaultStatus(flags, this.host()), flags, this.screen());
    return this.answer(document, text);
  }
}
