import { boolean, string } from '@oclif/core/flags';
import { LabCommand } from '../cli/base-command.ts';
import { claimFlags, incompleteFlags, manifestFlags, sandboxFlags, selectionFlags } from '../cli/flags.ts';
import type { PlanDocument } from '../views/plan-json.ts';

export default class Plan extends LabCommand {
  static override summary = 'Show what apply would do.';
  static override description =
    `Reads every system, compares with the manifest and shows the difference. Writes nothing and takes no lock. What cannot be read yet, because its server is not there, is deferred and says why.

Exit code: 0, or 1 for an error. With --detailed-exitcode: 0 no changes, 2 changes pending, 3 drift, 4 something deferred or not checked.`;
  static override examples = [
    { description: 'Show what would change in one environment', command: '<%= config.bin %> plan -e kind' },
    {
      description: 'Save the plan, to apply exactly that later',
      command: '<%= config.bin %> plan -e kind --out plan.lab.json',
    },
  ];
  static override flags = {
    ...manifestFlags,
    ...sandboxFlags,
    ...selectionFlags,
    ...claimFlags,
    ...incompleteFlags,
    out: string({ helpValue: 'PLANFILE', summary: 'Save the plan; the file holds no secret.' }),
    'detailed-exitcode': boolean({ summary: 'Tell pending changes, drift and what is left out by exit code.' }),
  };

  async run(): Promise<PlanDocument> {
    const { flags } = await this.parse(Plan);
    const host = this.host();
    host.say('Reading the manifest …');
    const [{ preview }, { planExit }, { writePlanFile }, { afterPlan }, { planJson }, { planText }] = await Promise.all(
      [
        import('../cli/preview.ts'),
        import('../cli/exit-code.ts'),
        import('../cli/plan-file.ts'),
        import('../cli/next-command.ts'),
        import('../views/plan-json.ts'),
        import('../views/plan-text.ts'),
      ],
    );
    const { plan } = await preview(flags, host);
    plan.diagnostics.forEach(host.report);
    if (flags.out !== undefined) await writePlanFile(flags.out, plan);
    const exit = planExit(plan, { detailed: flags['detailed-exitcode'], allowDeferred: flags['allow-deferred'] });
    const options = { detail: 'differences', next: afterPlan(plan, flags), screen: this.screen() } as const;
    return this.answer(planJson(plan, exit), await planText(plan, options));
  }
}
