import type { Rights } from '../../../engine/resource.ts';
import { may, mayHelp } from '../rights.ts';
import { splitIssuer } from './issuer-read.ts';
import type { IssuerSpec } from './issuer-spec.ts';

// An issuer is found by its name in a list and then called by its id, which only Vault knows. That list, and certificates by
// their serial number, Vault shows to everybody (`issuers`, `cert/+`).

/** What an authority takes: its own mount, and that of the one which signs it. */
export const rightsOfIssuer = (mount: string, spec: Partial<IssuerSpec>): Rights => {
  const { signedBy, externalCsr } = spec;
  const isRoot = signedBy === undefined && externalCsr === undefined;
  const made = isRoot ? 'root' : 'intermediate';
  return {
    plan: [
      ...mayLook(mount),
      ...(signedBy === undefined ? [] : mayLook(splitIssuer(signedBy)[0])),
      ...(externalCsr === undefined ? [] : may(`${mount}/keys`, 'list')),
      ...mayHelp(`${mount}/certs`, 'list'),
    ],
    apply: [
      ...may(`${mount}/keys`, 'list'),
      // With the key that a run left which was cut off.
      ...may(`${mount}/${made}/generate/internal`, 'update'),
      ...may(`${mount}/${made}/generate/existing`, 'update'),
      ...(isRoot ? may(`sys/mounts/${mount}/tune`, 'read') : may(`${mount}/intermediate/set-signed`, 'update')),
      ...(signedBy === undefined ? [] : maySign(mount, signedBy)),
      ...may(`${mount}/issuer/+`, 'patch', 'delete'),
      ...may(`${mount}/key/+`, 'delete'),
      ...(spec.default === true ? may(`${mount}/config/issuers`, 'update') : []),
    ],
  };
};

const mayLook = (mount: string) => may(`${mount}/issuer/+`, 'read');

/** Its signature, and to find the one that a run got which was cut off. */
const maySign = (mount: string, signedBy: string) => {
  const [signer, issuer] = splitIssuer(signedBy);
  return [
    ...may(`sys/mounts/${signer}/tune`, 'read'),
    ...may(`${signer}/issuer/${issuer}/sign-intermediate`, 'update'),
    ...may(`${mount}/key/+`, 'read'),
    ...may(`${signer}/certs`, 'list'),
  ];
};
