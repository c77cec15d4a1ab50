import { type Endpoint, endpoint } from '../endpoint.ts';
import { found } from '../result.ts';
import { listCertificates, readCertificate, revoke, revokeFields } from './certificates.ts';
import { crlFields, issuersFields, readIssuers, urlFields, writeCrl, writeIssuers, writeUrls } from './config.ts';
import { generateRequest, generateRoot, requestFields, rootFields } from './generate.ts';
import { issue, issueFields } from './issue.ts';
import { deleteIssuer, issuerFields, listIssuers, patchIssuer, readIssuer, writeIssuer } from './issuers.ts';
import { deleteKey, listKeys, nameKey, readKey } from './key-paths.ts';
import { deleteRole, listRoles, patchRole, readRole, roleFields, writeRole } from './roles.ts';
import { setSigned, signFields, signIntermediate } from './sign.ts';
import { storeOf } from './store.ts';
import { readTidy, tidyFields, writeTidy } from './tidy.ts';

const name = String.raw`(\w(?:[\w.-]*\w)?)`;
const at = (path: string): RegExp => new RegExp(`^${path}$`);

/** The paths of a PKI engine that lab and External Secrets call. */
export const pkiEndpoints: readonly Endpoint[] = [
  endpoint({
    pattern: at(`(?:issuers/generate/root|root/generate)/${name}`),
    fields: rootFields,
    on: { update: generateRoot },
  }),
  endpoint({ pattern: at(`intermediate/generate/${name}`), fields: requestFields, on: { update: generateRequest } }),
  endpoint({ pattern: at('intermediate/set-signed'), fields: { certificate: 'string' }, on: { update: setSigned } }),
  endpoint({ pattern: at(`issuer/${name}/sign-intermediate`), fields: signFields, on: { update: signIntermediate } }),
  endpoint({ pattern: at('issuers/?'), fields: {}, openly: true, on: { list: listIssuers } }),
  endpoint({
    pattern: at(`issuer/${name}`),
    fields: issuerFields,
    on: { read: readIssuer, update: writeIssuer, patch: patchIssuer, delete: deleteIssuer },
  }),
  endpoint({ pattern: at('keys/?'), fields: {}, on: { list: listKeys } }),
  endpoint({
    pattern: at(`key/${name}`),
    fields: { key_name: 'string' },
    on: { read: readKey, update: nameKey, delete: deleteKey },
  }),
  endpoint({
    pattern: at('config/urls'),
    fields: urlFields,
    on: { read: (call) => found({ ...storeOf(call).urls }), update: writeUrls },
  }),
  endpoint({
    pattern: at('config/crl'),
    fields: crlFields,
    on: { read: (call) => found(storeOf(call).crl), update: writeCrl },
  }),
  endpoint({ pattern: at('config/auto-tidy'), fields: tidyFields, on: { read: readTidy, update: writeTidy } }),
  endpoint({ pattern: at('config/issuers'), fields: issuersFields, on: { read: readIssuers, update: writeIssuers } }),
  endpoint({ pattern: at('roles/?'), fields: {}, on: { list: listRoles } }),
  endpoint({
    pattern: at(`roles/${name}`),
    fields: roleFields,
    on: { read: readRole, update: writeRole, patch: patchRole, delete: deleteRole },
  }),
  endpoint({ pattern: at(`issue/${name}`), fields: issueFields, on: { update: issue } }),
  endpoint({ pattern: at('certs/?'), fields: {}, on: { list: listCertificates } }),
  endpoint({ pattern: at('cert/([0-9A-Fa-f:-]+)'), fields: {}, openly: true, on: { read: readCertificate } }),
  endpoint({ pattern: at('revoke'), fields: revokeFields, on: { update: revoke } }),
];
