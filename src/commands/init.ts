import { string as argument } from '@oclif/core/args';
import { option, string } from '@oclif/core/flags';
import { LabCommand } from '../cli/base-command.ts';
import type { Document } from '../views/document.ts';

/** `lab init --json` */
interface InitDocument extends Document {
  readonly file: string;
}

export default class Init extends LabCommand {
  static override summary = 'Write a commented manifest to start from.';
  static override description = 'Writes lab.yaml and nothing else; overwrites nothing and asks no server.';
  static override examples = [
    { description: 'In this folder, for a kind cluster', command: '<%= config.bin %> init' },
    {
      description: 'In a folder of its own, for an AKS cluster that kubectl knows as prod-aks',
      command: '<%= config.bin %> init infra --for aks --context prod-aks',
    },
  ];
  static override args = { directory: argument({ default: '.', description: 'The folder for lab.yaml.' }) };
  static override flags = {
    for: option({ options: ['kind', 'aks', 'eks'] as const, default: 'kind', summary: 'Where the cluster runs.' })(),
    name: string({ helpValue: 'NAME', summary: 'The name of the manifest; default: that of the folder.' }),
    context: string({ helpValue: 'CONTEXT', summary: 'A context of your kubeconfig.' }),
  };

  async run(): Promise<InitDocument> {
    const { args, flags } = await this.parse(Init);
    const [{ writeStarter }, { success }, { nextCommand }] = await Promise.all([
      import('../cli/starter.ts'),
      import('../cli/exit-code.ts'),
      import('../cli/next-command.ts'),
    ]);
    const file = await writeStarter({ ...flags, directory: args.directory });
    // Ids of Azure are the user's own.
    const next = nextCommand(['plan'], { file: args.directory, sandbox: flags.for === 'aks' });
    return this.answer({ formatVersion: 1, exit: success, file }, `Written: ${file}\nNext: ${next}`);
  }
}
