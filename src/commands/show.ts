import { string } from '@oclif/core/args';
import { LabCommand } from '../cli/base-command.ts';
import type { PlanDocument } from '../views/plan-json.ts';

export default class Show extends LabCommand {
  static override summary = 'Show a saved plan.';
  static override description =
    'Reads only the file: no manifest, no server, no credentials. Shows every field, also of what is created.';
  static override examples = [
    { description: 'Read what a colleague or a pipeline planned', command: '<%= config.bin %> show plan.lab.json' },
    {
      description: 'What would be deleted',
      command: `<%= config.bin %> show plan.lab.json --json | jq -r '.changes[] | select(.actions | index("delete")) | .address'`,
    },
  ];
  static override args = { planfile: string({ required: true, description: 'A file that lab plan --out wrote.' }) };

  async run(): Promise<PlanDocument> {
    const { args } = await this.parse(Show);
    const [{ readPlanFile }, { planExit }, { planJson }, { planText }] = await Promise.all([
      import('../cli/plan-file.ts'),
      import('../cli/exit-code.ts'),
      import('../views/plan-json.ts'),
      import('../views/plan-text.ts'),
    ]);
    const plan = await readPlanFile(args.planfile);
    plan.diagnostics.forEach(this.host().report);
    // Showing worked, whatever the plan holds.
    const exit = { ...planExit(plan, { detailed: true, allowDeferred: [] }), code: 0 };
    return this.answer(planJson(plan, exit), await planText(plan, { detail: 'everything', screen: this.screen() }));
  }
}
