import { z } from 'zod';
import { checkSettings } from '../../engine/settings.ts';
import { LabError } from '../../errors.ts';
import { cloudNames } from './cloud.ts';
import { vaultNamePattern } from './names.ts';

const source = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('env'), name: z.string().min(1) }),
  z.strictObject({ from: z.literal('file'), path: z.string().min(1) }),
]);

/** An application of the tenant, with its secret. */
const servicePrincipal = z.strictObject({
  type: z.literal('service-principal'),
  clientId: z.union([z.string().min(1), source]),
  clientSecret: source,
});

/** Whoever is logged in here, as the Azure SDK finds it: environment, workload identity, managed identity, `az login`. */
const ambient = z.strictObject({ type: z.literal('ambient') });

const schema = z.strictObject({
  /** Default: public. Decides the login host and the domain of the vaults. */
  cloud: z.enum(cloudNames).optional(),
  /** The tenant that every vault must belong to. Without it, the first of `vaults` says which it is. */
  tenant: z.guid('must be the id of a tenant, which `az account show` has as tenantId').toLowerCase().optional(),
  /** The subscription that vaults, identities and roles are made in. Without it there is only what is in vaults. */
  subscription: z.guid('must be the id of a subscription, which `az account show` has as id').toLowerCase().optional(),
  /** The vaults that the manifest names and does not make. */
  vaults: z.array(z.string().regex(vaultNamePattern, 'is no name of a key vault')).default([]),
  /** Those that the manifest lets lab into: it may take minutes until they know. */
  entered: z
    .array(
      z.strictObject({ group: z.string(), vault: z.string().regex(vaultNamePattern, 'is no name of a key vault') }),
    )
    .default([]),
  credential: z.discriminatedUnion('type', [servicePrincipal, ambient]),
  /** The sandbox: every connection goes to this port of 127.0.0.1 instead of its host, and trusts this authority alone. */
  loopback: z.strictObject({ port: z.int().min(1).max(65_535), ca: z.string() }).optional(),
});

/** The connection as the manifest has it. */
export type AzureConfig = z.output<typeof schema>;

/** How lab logs in. */
export type Credential = AzureConfig['credential'];

/** Where a part of a credential comes from. */
export type CredentialSource = z.output<typeof source>;

type Env = Readonly<Record<string, string | undefined>>;

/** The connection's part of the manifest. Throws BAD_MANIFEST, or GUARD for what lab refuses to do. */
export const checkConfig = (config: unknown, env: Env): AzureConfig => {
  const checked = checkSettings(schema, config, ['connections', 'azure']);
  const { tenant, subscription, vaults, credential, loopback } = checked;
  if (tenant === undefined && vaults.length === 0) {
    throw new LabError('BAD_MANIFEST', 'connections.azure: names neither a tenant nor a vault that could tell it');
  }
  if (subscription !== undefined && tenant === undefined) {
    throw new LabError('BAD_MANIFEST', 'connections.azure.tenant: is missing, and a subscription is of a tenant');
  }
  if (loopback !== undefined && credential.type === 'ambient') {
    throw new LabError('GUARD', 'the sandbox never logs in with the credentials of this machine');
  }
  // Our own connections ignore it, but those of an ambient login are the SDK's.
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    throw new LabError(
      'GUARD',
      'NODE_TLS_REJECT_UNAUTHORIZED=0 is set, and lab always verifies the certificates of Azure',
      {
        next: "Unset it; for a private certificate authority set NODE_EXTRA_CA_CERTS to that authority's file.",
      },
    );
  }
  return checked;
};
