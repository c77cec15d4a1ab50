import { LabCommand } from '../cli/base-command.ts';
import { manifestFlags } from '../cli/flags.ts';
import type { ValidateDocument } from '../views/validate.ts';

export default class Validate extends LabCommand {
  static override summary = 'Check a manifest without asking any server.';
  static override description =
    'Checks the environment that -e names, or every environment of the manifest. Reads no secret value. Exit code: 0 valid, 1 not.';
  static override examples = [
    { description: 'Check the lab.yaml of this folder in all its environments', command: '<%= config.bin %> validate' },
    {
      description: 'Check one environment of another manifest',
      command: '<%= config.bin %> validate -f infra/lab.yaml -e kind',
    },
  ];
  static override flags = manifestFlags;

  async run(): Promise<ValidateDocument> {
    const { flags } = await this.parse(Validate);
    const [{ validateManifest }, { exitFor }, { nextCommand }, { validateJson, validateText }] = await Promise.all([
      import('../cli/validation.ts'),
      import('../cli/exit-code.ts'),
      import('../cli/next-command.ts'),
      import('../views/validate.ts'),
    ]);
    const host = this.host();
    const validation = await validateManifest(flags, host.env);
    validation.diagnostics.forEach(host.report);
    const next = `Next: ${nextCommand(['plan'], flags)}`;
    return this.answer(validateJson(validation, exitFor({ error: !validation.valid })), validateText(validation, next));
  }
}
