import { string } from '@oclif/core/args';
import { LabCommand } from '../../cli/base-command.ts';
import { lockFlags, manifestFlags, sandboxFlags } from '../../cli/flags.ts';
import type { StateShowDocument } from '../../views/state.ts';

export default class StateRm extends LabCommand {
  static override summary = 'Forget one object; the object itself stays as it is.';
  static override description = 'For objects whose system is gone for good. lab will not delete what it has forgotten.';
  static override examples = [
    { description: 'Forget one record', command: '<%= config.bin %> state rm vault.mount/old -e kind' },
    {
      description: 'Forget it and keep what was known of it',
      command: '<%= config.bin %> state rm vault.mount/old -e kind --json > old-mount.json',
    },
  ];
  static override args = { address: string({ required: true, description: 'An address, as state list shows it.' }) };
  static override flags = { ...manifestFlags, ...sandboxFlags, ...lockFlags };

  async run(): Promise<StateShowDocument> {
    const { args, flags } = await this.parse(StateRm);
    const [{ forget, withRecords }, { secondsOf }, { success }, { recordJson }] = await Promise.all([
      import('../../cli/records.ts'),
      import('../../cli/options.ts'),
      import('../../cli/exit-code.ts'),
      import('../../views/state.ts'),
    ]);
    const host = this.host();
    const seconds = secondsOf('lock-wait', flags['lock-wait']);
    const record = await withRecords(flags, host, 'write', (records) =>
      forget(records, args.address, { seconds, stop: records.stop, say: host.say }),
    );
    return this.answer(recordJson(record, success), `Forgotten: ${record.address} (${record.identity})`);
  }
}
