import { LabCommand } from '../../cli/base-command.ts';
import { manifestFlags, sandboxFlags } from '../../cli/flags.ts';
import type { StateListDocument } from '../../views/state.ts';

export default class StateList extends LabCommand {
  static override summary = 'List what lab remembers of its objects.';
  static override examples = [
    { description: 'List the records of one environment', command: '<%= config.bin %> state list -e kind' },
    {
      description: 'What an interrupted run left half-done',
      command: `<%= config.bin %> state list --json | jq '.records[] | select(.status == "begun")'`,
    },
  ];
  static override flags = { ...manifestFlags, ...sandboxFlags };

  async run(): Promise<StateListDocument> {
    const { flags } = await this.parse(StateList);
    const [{ existingState, withRecords }, { success }, { stateListJson, stateListText }] = await Promise.all([
      import('../../cli/records.ts'),
      import('../../cli/exit-code.ts'),
      import('../../views/state.ts'),
    ]);
    const document = await withRecords(flags, this.host(), 'read', async (records) =>
      stateListJson(records.owner, await existingState(records), success),
    );
    return this.answer(document, stateListText(document));
  }
}
