import { LabCommand } from '../cli/base-command.ts';
import { incompleteFlags, manifestFlags, sandboxFlags, selectionFlags } from '../cli/flags.ts';
import type { VerifyDocument } from '../views/verify.ts';

export default class Verify extends LabCommand {
  static override summary = 'Prove end to end that what was applied works.';
  static override description =
    `Looks at every resource, and probes those that stand as the manifest has them: whether stores log in and secrets are synced, whether logins and credentials work. What a probe makes (a token, a lease, a certificate) it takes back. Changes nothing else and takes no lock.

Exit code: 0 all proven, 1 a probe failed, 4 something could not be checked.`;
  static override examples = [
    { description: 'After an apply', command: '<%= config.bin %> verify -e kind' },
    {
      description: 'Only one store and what it needs',
      command: '<%= config.bin %> verify -e kind --target external-secrets.cluster-secret-store/vault',
    },
  ];
  static override flags = { ...manifestFlags, ...sandboxFlags, ...selectionFlags, ...incompleteFlags };

  async run(): Promise<VerifyDocument> {
    const { flags } = await this.parse(Verify);
    const host = this.host();
    host.say('Reading the manifest …');
    const [{ verification }, { verifyAnswer }] = await Promise.all([
      import('../cli/preview.ts'),
      import('../cli/answers.ts'),
    ]);
    const report = await verification({ ...flags, adopt: [] }, host);
    report.diagnostics.forEach(host.report);
    const { document, text } = verifyAnswer(report, flags, this.screen());
    return this.answer(document, text);
  }
}
