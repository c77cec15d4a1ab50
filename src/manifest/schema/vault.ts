import { z } from 'zod';
import { duration } from '../../engine/fields.ts';
import { namespaced, vaultPath } from './names.ts';
import { fileName } from './source.ts';
import { configMapCa } from './stores.ts';
import { auditDevice, group, passwordPolicy } from './vault-access.ts';
import { databaseMount } from './vault-database.ts';
import { vaultInit } from './vault-init.ts';
import { vaultLogin } from './vault-login.ts';
import { approleAuth, jwtAuth, oidcAuth } from './vault-machines.ts';
import { pkiMount } from './vault-pki.ts';
import { tuning } from './vault-tuning.ts';

const serverUrl = () => z.url({ protocol: /^https?$/, error: 'is no http or https URL; write https://HOST:8200' });

const way = () => z.enum(['direct', 'port-forward']);
const ca = () => fileName().describe("What signs Vault's certificate, a PEM file in the manifest's folder");

const reach = z.union(
  [
    way(),
    z.strictObject({ via: way(), ca: ca() }),
    z.strictObject({ url: serverUrl().describe('What lab dials instead of `address`'), ca: ca().optional() }),
  ],
  'must be direct, port-forward, {via, ca} or {url, ca}',
);

const kvMount = z.strictObject({
  type: z.literal('kv-v2'),
  ...tuning,
  maxVersions: z.int().min(0).optional().describe('Versions kept of each secret; 0 = 10'),
  casRequired: z.boolean().optional().describe('Writes must name the version that they replace'),
  deleteVersionAfter: duration().optional(),
});

const capability = z.enum([
  'create',
  'read',
  'update',
  'patch',
  'delete',
  'list',
  'sudo',
  'deny',
  'subscribe',
  'recover',
]);

const policy = z
  .strictObject({
    paths: z.record(z.string().min(1), z.array(capability).min(1)).optional(),
    hcl: z.string().min(1).optional(),
    file: fileName().optional().describe("HCL in a file of the manifest's folder"),
    computed: z
      .enum(['plan', 'apply'])
      .optional()
      .describe('What lab itself needs for plan and drift, or for all it does, as lab permissions prints it'),
  })
  .refine(
    ({ paths, hcl, file, computed }) => [paths, hcl, file, computed].filter((form) => form !== undefined).length === 1,
    'must be one of paths, hcl, file and computed',
  );

const role = z.strictObject({
  serviceAccounts: z.array(namespaced()).min(1).describe('NAMESPACE/NAME of each service account that may log in'),
  policies: z.array(z.string().min(1)),
  ttl: duration().optional(),
  maxTtl: duration().optional(),
  audience: z.string().min(1).optional(),
});

const kubernetesAuth = z.strictObject({
  type: z.literal('kubernetes'),
  ...tuning,
  host: z.string().min(1).describe('URL of the API server, as Vault reaches it'),
  ca: z
    .union([configMapCa, z.strictObject({ pem: z.string().min(1) })])
    .optional()
    .describe("What signs the API server's certificate; default: what Vault's pod trusts"),
  reviewer: z
    .union([z.enum(['vault-pod', 'client']), z.strictObject({ serviceAccount: namespaced() })])
    .default('vault-pod')
    .describe('Whose token asks the API server about a login: the pod of Vault, or who logs in'),
  roles: z.record(vaultPath(), role).default({}),
});

/** The Vault server and what lab sets up in it. */
export const vaultSection = z.strictObject({
  address: serverUrl().describe('What External Secrets dials'),
  reach: reach
    .default('direct')
    .describe('How lab gets to it: direct, through the API server (port-forward), or at another address'),
  servers: z
    .array(serverUrl())
    .min(1)
    .optional()
    .describe('Each server of the cluster, to unseal them one by one; default: what lab dials'),
  plaintext: z.enum(['loopback', 'in-cluster']).optional().describe('Consent that an http address needs'),
  product: z.enum(['vault', 'openbao', 'auto']).default('auto'),
  login: vaultLogin,
  init: vaultInit.optional(),
  mounts: z.record(vaultPath(), z.discriminatedUnion('type', [kvMount, databaseMount, pkiMount])).default({}),
  policies: z.record(z.string().min(1), policy).default({}),
  auth: z
    .record(vaultPath(), z.discriminatedUnion('type', [kubernetesAuth, approleAuth, jwtAuth, oidcAuth]))
    .default({}),
  audit: z.record(vaultPath(), auditDevice).default({}).describe('Where Vault logs to, by the path of the device'),
  passwordPolicies: z.record(z.string().min(1), passwordPolicy).default({}),
  groups: z.record(z.string().min(1), group).default({}),
});

/** Section `vault`. */
export type VaultSection = z.output<typeof vaultSection>;

/** One entry of `vault.mounts`. */
export type Mount = VaultSection['mounts'][string];

/** One entry of `vault.policies`. */
export type Policy = z.output<typeof policy>;

/** One entry of `vault.auth` of type kubernetes. */
export type KubernetesAuth = z.output<typeof kubernetesAuth>;

/** One of its roles. */
export type KubernetesAuthRole = z.output<typeof role>;
