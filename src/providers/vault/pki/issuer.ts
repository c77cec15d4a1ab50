import { address } from '../../../engine/address.ts';
import { defineKind } from '../../../engine/define-kind.ts';
import { LabError } from '../../../errors.ts';
import type { VaultClient } from '../client.ts';
import { trimSlashes } from '../path.ts';
import { recognising } from '../recognising.ts';
import { issuersThere, liveIssuer, splitIssuer } from './issuer-read.ts';
import { rightsOfIssuer } from './issuer-rights.ts';
import { checkIssuer, issuerFields, issuerSchema, newRoot } from './issuer-spec.ts';
import { issuerWords, removeIssuer, writeIssuer } from './issuer-write.ts';
import { issuerLosses } from './losses.ts';
import { constraintWords } from './name-constraints.ts';

const issuerName = (name: string): string => {
  if (/^\w[\w.-]*$/.test(name) && name.toLowerCase() !== 'default') return name;
  throw new LabError('BAD_MANIFEST', `"${name}" is not a name for an issuer`, {
    next: 'Use letters, digits, "_", "-" and "."; `default` is a word of Vault.',
  });
};

const settingsKnown = recognising(([mount = '', name = '']) => [mount, 'issuer', name], issuerWords);
// A Vault that does not know one of them would make an authority without it.
const constraintsKnown = recognising(([mount = '']) => [mount, 'root', 'generate', 'internal'], constraintWords);

/**
 * A certificate authority of a PKI engine: a root, or one that another issuer of this Vault has signed. Its private key is
 * made in Vault, carries its name and never leaves it.
 */
export const pkiIssuer = defineKind<typeof issuerSchema.shape, VaultClient>({
  kind: 'vault.pki-issuer',
  parts: [['MOUNT', 'NAME']],
  schema: issuerSchema,
  fields: issuerFields,
  outputs: { certificate: {}, chain: {} },
  ownership: 'whole',
  mark: 'parent',
  writes: 'merge',
  precondition: 're-read',
  protect:
    'its private key exists only in Vault and is destroyed with it; nothing can be issued or revoked in its name again',
  irreversible: (_id, spec, live) => newRoot(spec, live),
  identify: ([mount = '', name = '']) => [trimSlashes(mount), issuerName(name)],
  parent: ([mount = '']) => address('vault.mount', mount),
  after: ([mount = ''], { signedBy }) => [
    // They are written into certificates when these are made.
    address('vault.pki-urls', mount),
    ...(signedBy === undefined ? [] : [address('vault.pki-issuer', ...splitIssuer(signedBy))]),
    ...(signedBy === undefined ? [] : [address('vault.pki-urls', splitIssuer(signedBy)[0])]),
  ],
  gates: () => ['vault.active'],
  inventory: issuersThere,
  rights: ([mount = ''], spec) => rightsOfIssuer(mount, spec),
  check: checkIssuer,
  // Vault decides by what it finds which issuer of a mount is its default.
  exclusive: ([mount = '']) => `vault.pki-issuer/${mount}`,
  read: liveIssuer,
  recognises: async (client, id, fields) => {
    const settings = await settingsKnown(client, id, fields);
    const isConstrained = fields.some((field) => field in constraintWords);
    return settings.is === 'known' && isConstrained ? constraintsKnown(client, id, fields) : settings;
  },
  write: writeIssuer,
  losses: (client, [mount = '', name = '']) => issuerLosses(client, mount, name),
  remove: removeIssuer,
});
