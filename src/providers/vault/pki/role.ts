import { z } from 'zod';
import { address } from '../../../engine/address.ts';
import { defineKind } from '../../../engine/define-kind.ts';
import type { VaultClient } from '../client.ts';
import { listedOn } from '../listed.ts';
import { trimSlashes } from '../path.ts';
import { inWords, recognising } from '../recognising.ts';
import { may, mayHelp } from '../rights.ts';
import { roleName } from '../role-name.ts';
import { readSettings, wordsOf } from './config.ts';
import { keyBody, keyName } from './key.ts';
import { provePkiRole } from './proof.ts';
import { checkRole, type RoleSpec, roleFields, roleSchema, roleSettings } from './role-spec.ts';

const answer = z
  .looseObject({ key_type: z.string(), key_bits: z.number(), signature_bits: z.number() })
  .catchall(z.json());

const settingWords = wordsOf(roleSettings);

const toBody = ({ key, signatureBits, ...spec }: RoleSpec): object => ({
  ...inWords(settingWords, spec),
  ...(key === undefined ? {} : keyBody(key)),
  ...(signatureBits === undefined ? {} : { signature_bits: signatureBits }),
});

/** What certificates a PKI engine issues under one name. */
export const pkiRole = defineKind<typeof roleSchema.shape, VaultClient>({
  kind: 'vault.pki-role',
  parts: [['MOUNT', 'NAME']],
  schema: roleSchema,
  fields: roleFields,
  ownership: 'whole',
  mark: 'parent',
  writes: 'merge',
  precondition: 're-read',
  identify: ([mount = '', name = '']) => [trimSlashes(mount), roleName(name)],
  parent: ([mount = '']) => address('vault.mount', mount),
  after: ([mount = ''], { issuer = 'default' }) =>
    issuer === 'default' ? [] : [address('vault.pki-issuer', mount, issuer)],
  gates: () => ['vault.active'],
  inventory: listedOn((mount) => [mount, 'roles']),
  rights: ([mount = '', name = '']) => {
    const path = `${mount}/roles/${name}`;
    return {
      plan: [...may(path, 'read'), ...mayHelp(`${mount}/roles`, 'list')],
      apply: may(path, 'update', 'patch', 'delete'),
      verify: [...may(`${mount}/issue/${name}`, 'update'), ...may(`${mount}/revoke`, 'update')],
    };
  },
  check: checkRole,
  read: async (client, [mount = '', name = '']) => {
    const live = await client.read([mount, 'roles', name], answer);
    if (live === undefined) return { exists: 'no' };
    const spec = {
      ...readSettings(roleSettings, live),
      key: keyName(live.key_type, live.key_bits),
      // 0 is what an issuer with an EC key makes of the default; its hash follows from its curve.
      signatureBits: live.signature_bits === 0 ? 256 : live.signature_bits,
    };
    return { exists: 'yes', spec, outputs: {} };
  },
  recognises: recognising(([mount = '', name = '']) => [mount, 'roles', name], {
    ...settingWords,
    key: 'key_type',
    signatureBits: 'signature_bits',
  }),
  // A POST sets whatever it does not name back to Vault's defaults; a PATCH leaves it.
  write: (client, { id: [mount = '', name = ''], spec, live }) =>
    client.write(live.exists === 'yes' ? 'PATCH' : 'POST', [mount, 'roles', name], toBody(spec)),
  verify: (client, [mount = '', name = '']) => provePkiRole(client, mount, name),
  remove: (client, [mount = '', name = '']) => client.remove([mount, 'roles', name]),
});
