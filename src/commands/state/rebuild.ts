import { LabCommand } from '../../cli/base-command.ts';
import { lockFlags, manifestFlags, sandboxFlags, selectionFlags } from '../../cli/flags.ts';
import type { RebuiltDocument } from '../../views/rebuilt.ts';

export default class StateRebuild extends LabCommand {
  static override summary = 'Take on record again what carries our mark, where the state was lost.';
  static override description =
    `Reads every object that the manifest asks for and records those that carry the mark of this manifest and environment, so that destroy deletes them and drift is told from what is not applied yet. Changes no object. What has no mark of its own and lies in nothing that has one stays unknown, and so do fields that lab contributed to somebody else's object; the next apply records those that it writes.

Exit code: 0 done, 1 error, 4 something could not be looked at, 7 locked, 8 cancelled.`;
  static override examples = [
    { description: 'After the folder .lab was lost', command: '<%= config.bin %> state rebuild -e kind' },
    {
      description: 'The same from a pipeline, and what was found as JSON',
      command: '<%= config.bin %> state rebuild -e aks --lock-wait 5m --json > rebuilt.json',
    },
  ];
  static override flags = {
    ...manifestFlags,
    ...sandboxFlags,
    ...lockFlags,
    parallelism: selectionFlags.parallelism,
  };

  async run(): Promise<RebuiltDocument> {
    const { flags } = await this.parse(StateRebuild);
    const host = this.host();
    host.say('Reading the manifest …');
    const [{ rebuildState }, { secondsOf }, { exitFor }, { rebuiltJson, rebuiltText }] = await Promise.all([
      import('../../cli/rebuilding.ts'),
      import('../../cli/options.ts'),
      import('../../cli/exit-code.ts'),
      import('../../views/rebuilt.ts'),
    ]);
    const found = await rebuildState(flags, secondsOf('lock-wait', flags['lock-wait']), host);
    const document = rebuiltJson(found, exitFor({ incomplete: found.unseen.length > 0 }));
    return this.answer(document, rebuiltText(document));
  }
}
