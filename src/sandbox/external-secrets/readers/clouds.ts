import { standInPrefix } from '../../../secrets/stand-in.ts';
import type { SecretReading } from '../../azure/reading.ts';
import { type Json, membersOf, textOf } from '../../kubernetes/json.ts';
import { fail, failAbsent } from '../failure.ts';
import { rawAt, textOfRaw } from '../json-text.ts';
import type { ReaderContext, StoreProvider, StoreProviders } from './reader.ts';
import { secretKey } from './references.ts';

/** The clouds as the operator reads them, once it has logged in. */
export interface Clouds {
  readonly azure?: (vault: string, name: string, version: string) => SecretReading;
  /** undefined: there is no such secret, or no such version. */
  readonly aws?: (region: string, name: string, version: string) => string | undefined;
}

/** Readers for the stores of both clouds. Every stand-in is a credential that the sandbox's clouds know. */
export const cloudReaders = ({ azure, aws }: Clouds): StoreProviders => ({
  ...(azure === undefined ? {} : { azurekv: azureKeyVault(azure) }),
  ...(aws === undefined ? {} : { aws: awsSecretsManager(aws) }),
});

const azureKeyVault = (read: NonNullable<Clouds['azure']>): StoreProvider => ({
  capabilities: 'ReadWrite',
  open: async (block, context) => {
    const { clientId, clientSecret } = membersOf(block['authSecretRef']);
    logIn([clientId, clientSecret], context, 'AADSTS7000215: Invalid client secret provided.');
    const vault = /^https:\/\/([^./]+)\./.exec(textOf(block['vaultUrl']) ?? '')?.[1] ?? '';
    return {
      validate: async () => undefined,
      read: async ({ key, property, version }) => {
        const reading = read(vault, key.replace(/^secret\//, ''), version);
        if (reading.is === 'value') return propertyOf(reading.value, property);
        return reading.status === 404 ? failAbsent() : fail(`${reading.code}: ${reading.message}`);
      },
    };
  },
});

const awsSecretsManager = (read: NonNullable<Clouds['aws']>): StoreProvider => ({
  capabilities: 'ReadWrite',
  open: async (block, context) => {
    const { accessKeyIDSecretRef, secretAccessKeySecretRef } = membersOf(membersOf(block['auth'])['secretRef']);
    const refused = 'UnrecognizedClientException: The security token included in the request is invalid.';
    logIn([accessKeyIDSecretRef, secretAccessKeySecretRef], context, refused);
    const region = textOf(block['region']) ?? '';
    return {
      validate: async () => undefined,
      read: async ({ key, property, version }) => {
        const value = read(region, key, version);
        return value === undefined ? failAbsent() : propertyOf(value, property);
      },
    };
  },
});

const logIn = (references: readonly (Json | undefined)[], context: ReaderContext, refusal: string): void => {
  const isReferent = references.some((reference) => membersOf(reference)['namespace'] === undefined);
  if (context.namespace === '' && isReferent) return;
  const known = references.every((reference) => secretKey(reference, context).startsWith(standInPrefix));
  if (!known) fail(refusal);
};

const propertyOf = (value: string, property: string): Uint8Array => {
  if (property === '') return Buffer.from(value);
  const raw = rawAt(value, property);
  return raw === undefined ? fail(`property ${property} does not exist in the secret`) : Buffer.from(textOfRaw(raw));
};
