import { string } from '@oclif/core/args';
import { LabCommand } from '../../cli/base-command.ts';
import { manifestFlags, sandboxFlags } from '../../cli/flags.ts';
import type { UnlockDocument } from '../../views/state.ts';

export default class StateUnlock extends LabCommand {
  static override summary = 'Take away the lock of a run that is gone.';
  static override description =
    'Only for a run that has really ended, on a machine that cannot give its lock back. A run that is still at work stops writing.';
  static override examples = [
    {
      description: 'Take away the lock that an error message named',
      command: '<%= config.bin %> state unlock 3f9a1c20 -e kind',
    },
    {
      description: 'The same for another manifest, saying whose lock it was',
      command: '<%= config.bin %> state unlock 3f9a1c20 -f infra/lab.yaml -e kind --json',
    },
  ];
  static override args = { id: string({ required: true, description: 'The id of the lock, from the error message.' }) };
  static override flags = { ...manifestFlags, ...sandboxFlags };

  async run(): Promise<UnlockDocument> {
    const { args, flags } = await this.parse(StateUnlock);
    const [{ withRecords }, { success }, { unlockJson, unlockText }] = await Promise.all([
      import('../../cli/records.ts'),
      import('../../cli/exit-code.ts'),
      import('../../views/state.ts'),
    ]);
    const holder = await withRecords(flags, this.host(), 'write', ({ store }) => store.unlock(args.id));
    const document = unlockJson(holder, success);
    return this.answer(document, unlockText(document));
  }
}
