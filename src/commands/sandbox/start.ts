import { LabCommand } from '../../cli/base-command.ts';
import { manifestFlags } from '../../cli/flags.ts';
import type { SandboxDocument } from '../../views/sandbox.ts';

export default class SandboxStart extends LabCommand {
  static override summary = 'Keep the sandbox running, to look into it with kubectl and vault.';
  static override description =
    'Prints KUBECONFIG, VAULT_ADDR and VAULT_TOKEN for a shell and runs until Ctrl-C. Other commands with --sandbox join it. kubectl get and vault read work; more is not promised.';
  static override examples = [
    { description: 'Keep it running', command: '<%= config.bin %> sandbox start -e kind' },
    { description: 'The same for the example', command: '<%= config.bin %> sandbox start -f examples/two-phase' },
  ];
  static override flags = { ...manifestFlags };

  async run(): Promise<SandboxDocument> {
    const { flags } = await this.parse(SandboxStart);
    const [{ runSandbox }, { success }, { sandboxJson, shellLines }] = await Promise.all([
      import('../../cli/sandbox-run.ts'),
      import('../../cli/exit-code.ts'),
      import('../../views/sandbox.ts'),
    ]);
    const host = this.host();
    // The shell that is told these needs them as they are: they open nothing but this sandbox.
    await runSandbox(flags, host, (env) => this.log(shellLines(env)));
    return this.answer(sandboxJson('stopped', '', success), 'The sandbox has stopped; what it holds is kept.');
  }
}
