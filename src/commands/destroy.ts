import { LabCommand } from '../cli/base-command.ts';
import { approvalFlags, lockFlags, manifestFlags, sandboxFlags, selectionFlags } from '../cli/flags.ts';
import type { ApplyDocument } from '../views/apply.ts';

export default class Destroy extends LabCommand {
  static override summary = 'Delete what lab made.';
  static override description =
    `Deletes what the state says that lab owns, gives back fields that it contributed, and leaves everything else. Refused unless the manifest says allowDestroy: true for the environment.

Exit code: 0 done, 1 error, 4 something could not be looked at, 5 refused by a guard, 7 locked, 8 cancelled.`;
  static override examples = [
    {
      description: 'Show what would go, ask for the name of the environment, and delete',
      command: '<%= config.bin %> destroy -e kind',
    },
    {
      description: 'In a pipeline that takes a test environment down, data included',
      command: '<%= config.bin %> destroy -e kind --auto-approve --allow-data-loss',
    },
  ];
  static override flags = { ...manifestFlags, ...sandboxFlags, ...selectionFlags, ...approvalFlags, ...lockFlags };

  async run(): Promise<ApplyDocument> {
    const { flags } = await this.parse(Destroy);
    const host = this.host();
    host.say('Reading the manifest …');
    const [{ destroyRequest }, { carryOut }, { applyAnswer }] = await Promise.all([
      import('../cli/requests.ts'),
      import('../cli/carry-out.ts'),
      import('../cli/answers.ts'),
    ]);
    const request = destroyRequest(flags);
    const { document, text } = applyAnswer(await carryOut(request, host), request, []);
    return this.answer(document, text);
  }
}
