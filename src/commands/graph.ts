import { option } from '@oclif/core/flags';
import { LabCommand } from '../cli/base-command.ts';
import { manifestFlags } from '../cli/flags.ts';
import type { GraphDocument } from '../views/graph.ts';

export default class Graph extends LabCommand {
  static override summary = 'Show who needs whom.';
  static override description =
    'A tree for each phase: each resource once, below the last thing that it needs. Asks no server.';
  static override examples = [
    { description: 'The order of one environment as a tree', command: '<%= config.bin %> graph -e kind' },
    {
      description: 'As a Mermaid diagram for a Markdown page',
      command: '<%= config.bin %> graph -e kind --format mermaid > graph.mmd',
    },
  ];
  static override flags = {
    ...manifestFlags,
    format: option({ options: ['text', 'mermaid'] as const, default: 'text', summary: 'How to draw it.' })(),
  };

  async run(): Promise<GraphDocument> {
    const { flags } = await this.parse(Graph);
    const [{ readManifest }, { expansionOf }, { success }, { graphJson, graphMermaid, graphText }] = await Promise.all([
      import('../cli/manifest.ts'),
      import('../cli/expansion.ts'),
      import('../cli/exit-code.ts'),
      import('../views/graph.ts'),
    ]);
    const host = this.host();
    const graph = expansionOf(await readManifest(flags, host.env));
    graph.diagnostics.forEach(host.report);
    const draw = flags.format === 'mermaid' ? graphMermaid : graphText;
    return this.answer(graphJson(graph, success), draw(graph));
  }
}
