import { string } from '@oclif/core/args';
import { LabCommand } from '../../cli/base-command.ts';
import { manifestFlags } from '../../cli/flags.ts';
import type { SandboxDocument } from '../../views/sandbox.ts';

export default class SandboxEdit extends LabCommand {
  static override summary = 'Change one field in the sandbox, as a stranger would.';
  static override description =
    'The object is changed behind the back of lab, which then shows it as drift. The field is written as plans show it, the value as JSON or as text; no value takes the field away.';
  static override examples = [
    {
      description: 'Somebody edits a policy',
      command: `<%= config.bin %> sandbox edit vault.policy/external-secrets 'paths["secret/data/elsewhere"]=["read"]' -e kind`,
    },
    {
      description: 'Somebody makes an ExternalSecret refresh more often',
      command:
        '<%= config.bin %> sandbox edit external-secrets.external-secret/experiments/demo-api refresh=60 -f examples/two-phase',
    },
  ];
  static override args = {
    address: string({ required: true, description: 'An address, as expand shows it.' }),
    edit: string({ required: true, description: 'FIELD=VALUE, or FIELD= to take it away.' }),
  };
  static override flags = { ...manifestFlags };

  async run(): Promise<SandboxDocument> {
    const { args, flags } = await this.parse(SandboxEdit);
    const [{ editInSandbox }, { success }, { nextCommand }, { sandboxJson }] = await Promise.all([
      import('../../cli/sandbox-run.ts'),
      import('../../cli/exit-code.ts'),
      import('../../cli/next-command.ts'),
      import('../../views/sandbox.ts'),
    ]);
    await editInSandbox(flags, this.host(), args);
    const next = `Next: ${nextCommand(['drift'], { ...flags, sandbox: true })}`;
    return this.answer(
      sandboxJson('edited', args.address, success),
      `Changed ${args.address} by a stranger's hand.\n${next}`,
    );
  }
}
