import * as Args from '@oclif/core/args';
import { string } from '@oclif/core/flags';
import { LabCommand } from '../cli/base-command.ts';
import {
  approvalFlags,
  claimFlags,
  execFlags,
  incompleteFlags,
  lockFlags,
  manifestFlags,
  sandboxFlags,
  selectionFlags,
} from '../cli/flags.ts';
import type { ApplyDocument } from '../views/apply.ts';

export default class Apply extends LabCommand {
  static override summary = 'Make the manifest so.';
  static override description =
    `Plans, shows the plan, asks, and does it in dependency order. What is deferred is done once its gate opens, within what was approved. Interrupted or failed, run it again: it goes on and does nothing twice.

With PLANFILE nothing is done that the file does not hold, and nobody is asked.

Exit code: 0 done, 1 error, 4 something is left behind a gate, 5 refused by a guard or not approved, 6 the saved plan no longer fits, 7 locked, 8 cancelled.`;
  static override examples = [
    { description: 'Plan, ask and apply', command: '<%= config.bin %> apply -e kind' },
    {
      description: 'In a pipeline: apply what was planned and looked at, waiting for servers that others deploy',
      command: '<%= config.bin %> apply plan.lab.json --wait 30m',
    },
  ];
  static override args = { planfile: Args.string({ description: 'A file that lab plan --out wrote.' }) };
  static override flags = {
    ...manifestFlags,
    ...sandboxFlags,
    ...selectionFlags,
    ...claimFlags,
    ...incompleteFlags,
    ...approvalFlags,
    ...execFlags,
    ...lockFlags,
    wait: string({
      helpValue: 'DURATION',
      summary:
        'Wait so long (30m, 1h30m) for gates that this manifest does not open; default: not, and 2m with --sandbox.',
    }),
  };

  async run(): Promise<ApplyDocument> {
    const { args, flags } = await this.parse(Apply);
    const host = this.host();
    host.say('Reading the manifest …');
    const [{ applyRequest }, { carryOut }, { applyAnswer }] = await Promise.all([
      import('../cli/requests.ts'),
      import('../cli/carry-out.ts'),
      import('../cli/answers.ts'),
    ]);
    const request = await applyRequest(args.planfile, flags);
    const { document, text } = applyAnswer(await carryOut(request, host), request, flags['allow-deferred']);
    return this.answer(document, text);
  }
}
