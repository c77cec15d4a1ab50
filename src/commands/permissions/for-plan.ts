import { LabCommand } from '../../cli/base-command.ts';
import { permissionsFlags } from '../../cli/permissions-command.ts';
import type { PermissionsDocument } from '../../views/permissions.ts';

export default class PermissionsForPlan extends LabCommand {
  static override summary = 'Print what Azure, AWS and Vault must allow for plan and drift.';
  static override description =
    'A custom role of Azure, a policy of AWS and a policy of Vault with the rights that this manifest needs, and no more: each kind states what it calls. Asks no server.';
  static override examples = [
    {
      description: 'What an identity may do that only looks, in CI or cron',
      command: '<%= config.bin %> permissions for-plan -e aks',
    },
    {
      description: 'Only the role of Azure, for a file',
      command: '<%= config.bin %> permissions for-plan -e aks --only azure > role.json',
    },
  ];
  static override flags = permissionsFlags;

  async run(): Promise<PermissionsDocument> {
    const { flags } = await this.parse(PermissionsForPlan);
    const [{ readManifest }, { permissionsOf }, { success }, { permissionsJson, permissionsText }] = await Promise.all([
      import('../../cli/manifest.ts'),
      import('../../cli/permissions.ts'),
      import('../../cli/exit-code.ts'),
      import('../../views/permissions.ts'),
    ]);
    const permissions = permissionsOf(await readManifest(flags, this.host().env), 'plan');
    return this.answer(permissionsJson(permissions, success), permissionsText(permissions, flags.only));
  }
}
