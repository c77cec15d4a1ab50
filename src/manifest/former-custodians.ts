import type { Manifest } from './schema/manifest.ts';

/** Stores that External Secrets is never shown and that keep no share: a custodian who left has theirs there until a rekey. */
export const formerCustodians = ({ vault, stores }: Pick<Manifest, 'vault' | 'stores'>): readonly string[] => {
  if (vault?.init === undefined) return [];
  const present = vault.init.custodians.flatMap((custodian) => ('store' in custodian ? [custodian.store] : []));
  return Object.entries(stores).flatMap(([name, { type, expose }]) =>
    expose === 'none' && type !== 'vault' && !present.includes(name) ? [name] : [],
  );
};
