import type { InitRequest } from './api.ts';
import type { SharesAnswer } from './escrow-entries.ts';
import { type InitConfig, storesOf } from './init-config.ts';
import type { PublicKey } from './pgp.ts';
import type { Author } from './whose.ts';

/** The public key that each share is encrypted to; `keys` are those of the custodians, in their order. */
export const perShare = (config: InitConfig, keys: readonly PublicKey[]): readonly (PublicKey | undefined)[] =>
  config.custodians.flatMap(({ shares }, index) => Array.from({ length: shares }, () => keys[index]));

/** What `sys/init` is asked for. */
export const initRequest = (config: InitConfig, keys: readonly PublicKey[]): InitRequest => {
  const [store] = storesOf(config);
  const first = config.custodians.findIndex(({ name }) => name === store?.name);
  return {
    seal: config.seal,
    shares: config.shares,
    threshold: config.threshold,
    pgpKeys: perShare(config, keys).map((one) => one?.key ?? ''),
    rootTokenPgpKey: keys[first]?.key ?? '',
  };
};

/** Shares as Vault answered them, with whose each is. */
export const sharesAnswer = (
  config: InitConfig,
  messages: readonly string[],
  given: { readonly keys: readonly PublicKey[]; readonly author: Author },
): SharesAnswer => {
  const owners = config.custodians.flatMap(({ name, shares: count }) => Array.from({ length: count }, () => name));
  return {
    formatVersion: 1,
    initialisedAt: new Date().toISOString(),
    ...given.author,
    threshold: config.threshold,
    keys: Object.fromEntries(
      config.custodians.map(({ name }, index) => [name, given.keys[index]?.fingerprint ?? ''] as const),
    ),
    shares: messages.map((message, index) => ({ number: index + 1, message, custodian: owners[index] ?? '' })),
  };
};
