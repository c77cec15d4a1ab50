import { string } from '@oclif/core/args';
import { LabCommand } from '../../cli/base-command.ts';
import { manifestFlags, sandboxFlags } from '../../cli/flags.ts';
import type { StateShowDocument } from '../../views/state.ts';

export default class StateShow extends LabCommand {
  static override summary = 'Show what lab remembers of one object.';
  static override description = 'Secrets are in the state only as fingerprints.';
  static override examples = [
    {
      description: 'Show one record',
      command: '<%= config.bin %> state show vault.policy/external-secrets -e kind',
    },
    {
      description: 'The spec as it was applied',
      command: '<%= config.bin %> state show vault.mount/secret --json | jq .record.applied',
    },
  ];
  static override args = { address: string({ required: true, description: 'An address, as state list shows it.' }) };
  static override flags = { ...manifestFlags, ...sandboxFlags };

  async run(): Promise<StateShowDocument> {
    const { args, flags } = await this.parse(StateShow);
    const [{ existingState, recordAt, withRecords }, { success }, { recordJson, recordText }] = await Promise.all([
      import('../../cli/records.ts'),
      import('../../cli/exit-code.ts'),
      import('../../views/state.ts'),
    ]);
    const record = await withRecords(flags, this.host(), 'read', async (records) =>
      recordAt(await existingState(records), args.address),
    );
    return this.answer(recordJson(record, success), recordText(record));
  }
}
