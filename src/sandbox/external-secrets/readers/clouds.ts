import { type AwsCloud, awsSecretsManager } from './aws.ts';
import { type AzureCloud, azureKeyVault } from './azure.ts';
import type { StoreProviders } from './reader.ts';

/** The clouds as the operator reaches them. */
export interface Clouds {
  readonly azure?: AzureCloud;
  readonly aws?: AwsCloud;
}

/** Readers for the stores of both clouds. Every stand-in is a credential that the sandbox's clouds know. */
export const cloudReaders = ({ azure, aws }: Clouds): StoreProviders => ({
  ...(azure === undefined ? {} : { azurekv: azureKeyVault(azure) }),
  ...(aws === undefined ? {} : { aws: awsSecretsManager(aws) }),
});
