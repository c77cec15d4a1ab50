import { LabCommand } from '../cli/base-command.ts';
import { manifestFlags } from '../cli/flags.ts';
import type { ExpandDocument } from '../views/expand.ts';

export default class Expand extends LabCommand {
  static override summary = 'Show the flat list of resources that the manifest comes to.';
  static override description =
    'One line a resource: phase, ownership, address and the line that asks for it; below it what comes first. Asks no server.';
  static override examples = [
    { description: 'List the resources of one environment', command: '<%= config.bin %> expand -e kind' },
    {
      description: 'Only the addresses, for --target',
      command: "<%= config.bin %> expand -e kind --json | jq -r '.resources[].address'",
    },
  ];
  static override flags = manifestFlags;

  async run(): Promise<ExpandDocument> {
    const { flags } = await this.parse(Expand);
    const [{ readManifest }, { expansionOf }, { success }, { expandJson, expandText }] = await Promise.all([
      import('../cli/manifest.ts'),
      import('../cli/expansion.ts'),
      import('../cli/exit-code.ts'),
      import('../views/expand.ts'),
    ]);
    const host = this.host();
    const expansion = expansionOf(await readManifest(flags, host.env));
    expansion.diagnostics.forEach(host.report);
    return this.answer(expandJson(expansion, success), expandText(expansion));
  }
}
