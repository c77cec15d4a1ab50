import * as Flags from '@oclif/core/flags';
import { LabCommand } from '../../cli/base-command.ts';
import { manifestFlags, sandboxFlags } from '../../cli/flags.ts';
import type { RecordDocument } from '../../views/vault-record.ts';

export default class VaultRecord extends LabCommand {
  static override summary = 'Print who was given which shares of Vault, when and by whom, for who has to prove it.';
  static override description =
    `Reads what init and each rekey left on record in the stores of the escrow: Vault's version and cluster, who ran it (in CI: its log), shares and threshold, each custodian's place, key and the digests of what they were given (of the encrypted shares: there is no secret in it), when each was read back and was what had been written, and how the root token ended. Then looks whether each store says the same, and still keeps that. Asks only the stores: Vault may be sealed or gone.

"sha256" in the JSON is over "record" with sorted keys and no spaces: jq -cSj .record FILE | sha256sum. It moves only when something was recorded since.

Exit code: 0 all as recorded, 1 error, 4 a store could not be read, 5 nothing is on record yet, or what is kept is not what is on record.`;
  static override examples = [
    { description: 'Look at it', command: '<%= config.bin %> vault record -e kind' },
    {
      description: 'For the auditor, in a new file',
      command: '<%= config.bin %> vault record -e kind --out vault-record-2026-11-28.json',
    },
  ];
  static override flags = {
    ...manifestFlags,
    out: Flags.string({
      char: 'o',
      helpValue: 'FILE',
      summary: 'Save the JSON document in a new file; one that is there is never overwritten.',
    }),
    ...sandboxFlags,
  };

  async run(): Promise<RecordDocument> {
    const { flags } = await this.parse(VaultRecord);
    const [{ vaultRecord }, { recordAnswer }, { saveDocument }] = await Promise.all([
      import('../../cli/vault-servers.ts'),
      import('../../cli/answers.ts'),
      import('../../cli/document-file.ts'),
    ]);
    const { document, text } = recordAnswer(await vaultRecord(flags, this.host()), this.screen());
    if (flags.out !== undefined) await saveDocument(flags.out, document);
    return this.answer(document, flags.out === undefined ? text : `${text}\n\nSaved in ${flags.out}.`);
  }
}
