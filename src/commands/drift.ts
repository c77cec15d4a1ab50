import { LabCommand } from '../cli/base-command.ts';
import { incompleteFlags, manifestFlags, sandboxFlags, selectionFlags } from '../cli/flags.ts';
import type { DriftDocument } from '../views/drift.ts';

export default class Drift extends LabCommand {
  static override summary = 'Show what somebody else changed since the last apply.';
  static override description =
    `Compares live systems with what was applied and tells it apart from manifest changes that are not applied yet. Cannot write. Made for cron: it needs no secret values.

Exit code: 0 in sync, 1 error, 2 only unapplied changes, 3 drift, 4 something deferred or not checked.`;
  static override examples = [
    { description: 'Look at one environment', command: '<%= config.bin %> drift -e kind' },
    {
      description: 'In cron, while Vault is not deployed yet',
      command: '<%= config.bin %> drift -e kind --allow-deferred vault.active --json',
    },
  ];
  static override flags = { ...manifestFlags, ...sandboxFlags, ...selectionFlags, ...incompleteFlags };

  async run(): Promise<DriftDocument> {
    const { flags } = await this.parse(Drift);
    const host = this.host();
    host.say('Reading the manifest …');
    const [{ driftPreview }, { driftAnswer }] = await Promise.all([
      import('../cli/preview.ts'),
      import('../cli/answers.ts'),
    ]);
    const seen = await driftPreview({ ...flags, adopt: [] }, host);
    seen.plan.diagnostics.forEach(host.report);
    const { document, text } = await driftAnswer(seen, flags, this.screen());
    return this.answer(document, text);
  }
}
