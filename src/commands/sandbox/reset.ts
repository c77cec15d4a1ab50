import { LabCommand } from '../../cli/base-command.ts';
import { manifestFlags } from '../../cli/flags.ts';
import type { SandboxDocument } from '../../views/sandbox.ts';

export default class SandboxReset extends LabCommand {
  static override summary = 'Forget everything that the sandbox holds.';
  static override description = 'Its systems and its state of this manifest and environment; nothing real is touched.';
  static override examples = [
    { description: 'Start over', command: '<%= config.bin %> sandbox reset -e kind' },
    { description: 'The same for the example', command: '<%= config.bin %> sandbox reset -f examples/two-phase' },
  ];
  static override flags = { ...manifestFlags };

  async run(): Promise<SandboxDocument> {
    const { flags } = await this.parse(SandboxReset);
    const [{ resetSandbox }, { success }, { nextCommand }, { sandboxJson }] = await Promise.all([
      import('../../cli/sandbox-run.ts'),
      import('../../cli/exit-code.ts'),
      import('../../cli/next-command.ts'),
      import('../../views/sandbox.ts'),
    ]);
    const folder = await resetSandbox(flags, this.host());
    const next = `Next: ${nextCommand(['apply'], { ...flags, sandbox: true })}`;
    return this.answer(sandboxJson('reset', folder, success), `The sandbox is empty.\n${next}`);
  }
}
