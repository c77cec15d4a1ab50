import { integer } from '@oclif/core/flags';
import { LabCommand } from '../../cli/base-command.ts';
import { manifestFlags } from '../../cli/flags.ts';
import type { CloudsDocument } from '../../views/sandbox.ts';

export default class SandboxClouds extends LabCommand {
  static override summary = "Make the sandbox's clouds slow to hear of what is new, and short of patience.";
  static override description =
    'As the real ones are: an identity, a role or a trust that was just made is not known everywhere for a while, and a call in so many is one too many. The next commands with --sandbox meet that, until it is set to 0 or the sandbox is reset. Without a flag it says what holds.';
  static override examples = [
    {
      description: 'What is new is known at the fourth question, and every fifth call is one too many',
      command: '<%= config.bin %> sandbox clouds --late 3 --throttle 5 -e aks',
    },
    { description: 'Calm again', command: '<%= config.bin %> sandbox clouds --late 0 --throttle 0 -e aks' },
  ];
  static override flags = {
    ...manifestFlags,
    late: integer({
      min: 0,
      max: 1_000_000,
      helpValue: 'TIMES',
      summary: 'So often what is new is asked for and not known yet; with very many, a wait ends at its deadline.',
    }),
    throttle: integer({
      min: 0,
      max: 1_000_000,
      helpValue: 'CALLS',
      summary: 'One in so many calls is one too many: at least 2, or 0 for none.',
    }),
  };

  async run(): Promise<CloudsDocument> {
    const { flags } = await this.parse(SandboxClouds);
    const [{ setClouds, checkThrottle }, { success }, { cloudsJson, cloudsText }] = await Promise.all([
      import('../../cli/sandbox-clouds.ts'),
      import('../../cli/exit-code.ts'),
      import('../../views/sandbox.ts'),
    ]);
    const { late, throttle } = flags;
    if (throttle !== undefined) checkThrottle(throttle);
    const day = await setClouds(flags, this.host(), {
      ...(late === undefined ? {} : { late }),
      ...(throttle === undefined ? {} : { throttle }),
    });
    return this.answer(cloudsJson(day, success), cloudsText(day));
  }
}
