import type { SecretReading } from '../../azure/reading.ts';
import { membersOf, textOf } from '../../kubernetes/json.ts';
import { fail, failAbsent } from '../failure.ts';
import { type AwsCloud, awsSecretsManager } from './aws.ts';
import type { StoreProvider, StoreProviders } from './reader.ts';
import { logInByStandIns, propertyOf } from './stand-ins.ts';

/** The clouds as the operator reads them, once it has logged in. */
export interface Clouds {
  readonly azure?: (vault: string, name: string, version: string) => SecretReading;
  readonly aws?: AwsCloud;
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
    logInByStandIns([clientId, clientSecret], context, 'AADSTS7000215: Invalid client secret provided.');
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
