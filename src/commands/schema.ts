import { string } from '@oclif/core/args';
import { LabCommand } from '../cli/base-command.ts';
import type { Document } from '../views/document.ts';

/** `lab schema --json` */
interface SchemaDocument extends Document {
  readonly schema: Readonly<Record<string, unknown>>;
}

export default class Schema extends LabCommand {
  static override summary = 'Print the JSON Schema of the manifest, or of one kind.';
  static override description =
    'For editors: put `# yaml-language-server: $schema=lab.schema.json` into the first line of lab.yaml.';
  static override examples = [
    { description: 'Let the editor complete and check', command: '<%= config.bin %> schema > lab.schema.json' },
    { description: 'The fields of one kind', command: '<%= config.bin %> schema vault.policy' },
  ];
  static override args = { kind: string({ description: 'A kind, for example vault.policy; default: the manifest.' }) };

  async run(): Promise<SchemaDocument> {
    const { args } = await this.parse(Schema);
    const [{ kindJsonSchema, manifestJsonSchema }, { success }] = await Promise.all([
      import('../cli/schemas.ts'),
      import('../cli/exit-code.ts'),
    ]);
    const schema = args.kind === undefined ? manifestJsonSchema() : kindJsonSchema(args.kind);
    return this.answer({ formatVersion: 1, exit: success, schema }, JSON.stringify(schema, null, 2));
  }
}
