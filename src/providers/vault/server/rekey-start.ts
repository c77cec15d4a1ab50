import type { Bootstrap } from './bootstrap.ts';
import type { Generation } from './generation.ts';
import { perShare } from './handing-out.ts';
import type { InitConfig } from './init-config.ts';
import type { PublicKey } from './pgp.ts';
import type { RekeyStatus } from './rekey-api.ts';
import { underWay } from './rekey-refusals.ts';
import type { Remark } from './unseal.ts';

/**
 * A rekey of Vault's that takes shares, for the keys of this generation: the one that an earlier run of lab began, as far
 * as it can be gone on with, or a new one. Throws GUARD where somebody else is at it.
 */
export const startRekey = async (
  { config, rekey }: Bootstrap,
  generation: Generation,
  remark: Remark,
): Promise<RekeyStatus> => {
  const status = await rekey.status();
  if (status.started && !(await generation.hasKeys())) throw underWay(config, status);
  const keys = perShare(config, await generation.publicKeys());
  if (!status.started) return rekey.begin(requestOf(config, keys));
  if (!isOurs(status, config, keys)) throw underWay(config, status);
  // Answered already, to a run that is gone; or for custodians that the manifest has no more.
  const isUseless = status.verification_nonce !== undefined || !fits(status, config, keys);
  if (!isUseless) return status;
  remark('a rekey that an earlier run had begun is ended, and begun anew');
  await rekey.cancel(status.nonce);
  return rekey.begin(requestOf(config, keys));
};

type Keys = readonly (PublicKey | undefined)[];

const requestOf = ({ shares, threshold }: InitConfig, keys: Keys) => ({
  shares,
  threshold,
  pgpKeys: keys.map((one) => one?.key ?? ''),
});

/** Only lab has the keys that it made in the stores for this generation. */
const isOurs = ({ pgp_fingerprints: theirs }: RekeyStatus, config: InitConfig, keys: Keys): boolean => {
  const owners = config.custodians.flatMap(({ keeper, shares }) => Array.from({ length: shares }, () => keeper));
  return keys.some((key, index) => owners[index] !== 'person' && theirs?.includes(key?.fingerprint ?? '') === true);
};

const fits = (status: RekeyStatus, { threshold }: InitConfig, keys: Keys): boolean =>
  status.t === threshold &&
  status.verification_required &&
  (status.pgp_fingerprints ?? []).join() === keys.map((key) => key?.fingerprint).join();
