import { complaintsAbout, expanded } from './load.ts';

export const tenant = '7c1e0000-0000-0000-0000-000000000001';
export const subscription = '7c1e0000-0000-0000-0000-000000000002';
const account = 'external-secrets/external-secrets';

/** auth of type workload-identity. */
export const federated = (more = 'identity: { create: eso }', serviceAccount = account) =>
  `{ type: workload-identity, serviceAccount: ${serviceAccount}, ${more} }`;
const place = 'resourceGroup: Lab, location: West Europe';
/** A store that lab makes. */
export const vault = (auth = federated(), more = '', name = 'My-kv') =>
  `{ type: azure-key-vault, manage: create, name: ${name}, ${place}, auth: ${auth}${more} }`;
/** An entry of secrets that only reads. */
export const reader = (from: string, at = 'Team-app') => `{ readFrom: ${from}, keys: { k: { at: ${at} } } }`;
/** One that lab writes, too. */
export const writer = (from: string) => `{ readFrom: ${from}, keys: { k: { at: Team-app, value: { env: V } } } }`;

/** Entries of a section, as YAML. */
export type Sections = Readonly<Record<string, string>>;

const manifest = (
  stores: Sections,
  secrets: Sections,
  azure = `{ tenant: ${tenant}, subscription: ${subscription} }`,
) =>
  [
    'apiVersion: lab/v1',
    'name: demo',
    'cluster: { context: c }',
    `expect: { azure: ${azure} }`,
    'stores:',
    ...Object.entries(stores).map(([name, text]) => `  ${name}: ${text}`),
    `secrets: ${Object.keys(secrets).length === 0 ? '{}' : ''}`,
    ...Object.entries(secrets).map(([name, text]) => `  ${name}: ${text}`),
    'environments: { aks: {} }',
    'defaultEnvironment: aks',
    '',
  ].join('\n');

/** A manifest with these stores and secrets, expanded. */
export const load = (stores: Sections, secrets: Sections = { 'a/x': reader('s') }) =>
  expanded(manifest(stores, secrets));
/** What is wrong with one. */
export const complaints = (stores: Sections, secrets: Sections = { 'a/x': reader('s') }, azure?: string) =>
  complaintsAbout(manifest(stores, secrets, azure));
