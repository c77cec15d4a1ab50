import * as Flags from '@oclif/core/flags';
import { LabCommand } from '../../cli/base-command.ts';
import { manifestFlags, sandboxFlags } from '../../cli/flags.ts';
import type { DrillDocument } from '../../views/vault-drill.ts';

export default class VaultDrill extends LabCommand {
  static override summary = 'Rebuild a throw-away Vault from a snapshot and the escrow, and read a secret in it.';
  static override description =
    `Starts Vault's program in a temporary folder, without a network (Linux), restores the snapshot, unseals it with the shares that the custodian stores keep, makes a root token by them, reads one secret of KV and compares it with the live Vault's where lab may read that; then destroys all of it, also after a failure or Ctrl-C. No value is shown. The live Vault is only read.

Without a network, because a restored Vault goes on where the snapshot was taken: it would revoke leases and rotate passwords in the real databases. Its audit devices write to the files that they name: run it elsewhere than on Vault's own machine.

Exit code: 0 it was brought back, 1 it was not, 4 no secret was read, 5 refused.`;
  static override examples = [
    { description: 'With a new snapshot', command: '<%= config.bin %> vault drill -e kind' },
    {
      description: 'With that of last night, and a secret of your choice',
      command:
        '<%= config.bin %> vault drill -e kind --snapshot vault-2026-11-28.snap --canary secret/crossplane/azure',
    },
  ];
  static override flags = {
    ...manifestFlags,
    snapshot: Flags.string({
      helpValue: 'FILE',
      summary: 'The snapshot; default: a new one, which goes with the rest.',
    }),
    canary: Flags.string({
      helpValue: 'MOUNT/PATH',
      summary: 'The secret of KV version 2 to read; default: the first that the manifest has.',
    }),
    'vault-program': Flags.string({
      helpValue: 'FILE',
      summary: 'The program; default: vault on PATH, or bao where the live one is an OpenBao.',
    }),
    'with-network': Flags.boolean({ summary: 'Let the throw-away Vault have the network of this machine.' }),
    ...sandboxFlags,
  };

  async run(): Promise<DrillDocument> {
    const { flags } = await this.parse(VaultDrill);
    const [{ vaultDrill }, { drillAnswer }] = await Promise.all([
      import('../../cli/vault-drill.ts'),
      import('../../cli/answers.ts'),
    ]);
    const { document, text } = drillAnswer(await vaultDrill(flags, this.host()), this.screen());
    return this.answer(document, text);
  }
}
