import type { Fields } from '../../engine/value.ts';
import type { SecretEntry } from '../schema/secrets.ts';

/** What the ExternalSecret of an entry says, whatever it is fed by. `ownName` is the name in the entry's key. */
export const externalSecretSpec = (secret: SecretEntry, ownName: string): Fields => {
  const name = secret.name ?? ownName;
  return {
    ...(name === ownName ? {} : { name }),
    ...(secret.refresh === undefined ? {} : { refresh: secret.refresh }),
    target: {
      name,
      creationPolicy: 'Owner',
      ...(secret.template === undefined ? {} : { template: { data: secret.template } }),
    },
  };
};
