import { string } from '@oclif/core/args';
import { LabCommand } from '../cli/base-command.ts';
import { manifestFlags, sandboxFlags } from '../cli/flags.ts';
import type { ExplainDocument } from '../views/explain.ts';

export default class Explain extends LabCommand {
  static override summary = 'Say all there is to know of one address.';
  static override description =
    'What it is, the line that asks for it, what it needs and what needs it, its gates, and what a plan would do to it now, field by field with the cause. Writes nothing.';
  static override examples = [
    {
      description: 'Why would this be changed?',
      command: '<%= config.bin %> explain vault.policy/external-secrets -e kind',
    },
    {
      description: 'Who needs this namespace?',
      command: "<%= config.bin %> explain kubernetes.namespace/crossplane-system --json | jq '.neededBy'",
    },
  ];
  static override args = { address: string({ required: true, description: 'An address, as expand shows it.' }) };
  static override flags = { ...manifestFlags, ...sandboxFlags };

  async run(): Promise<ExplainDocument> {
    const { args, flags } = await this.parse(Explain);
    const host = this.host();
    host.say('Reading the manifest …');
    const [{ preview }, { explain, refuseUnknown }, { success }, { nextCommand }, { explainJson, explainText }] =
      await Promise.all([
        import('../cli/preview.ts'),
        import('../cli/explanation.ts'),
        import('../cli/exit-code.ts'),
        import('../cli/next-command.ts'),
        import('../views/explain.ts'),
      ]);
    const { address } = args;
    const only = { target: [address], exclude: [], adopt: [], parallelism: 10 };
    const { plan, ...known } = await preview({ ...flags, ...only }, host, (found) => refuseUnknown(address, found));
    plan.diagnostics.filter((diagnostic) => diagnostic.address === address).forEach(host.report);
    const explanation = explain(address, plan, known);
    const next = `Next: ${nextCommand(['plan'], flags, ['--target', address])}`;
    return this.answer(explainJson(explanation, success), await explainText(explanation, next, this.screen()));
  }
}
