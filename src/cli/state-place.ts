import type { Expanded } from '../manifest/expanded.ts';
import type { LocalFolder } from '../state/local-files.ts';

/** Where an environment's state is; the sandbox's lies apart from the real one's. */
export const placeOf = ({ folder, name, environment }: Expanded, isSandbox: boolean): LocalFolder => ({
  folder,
  name,
  environment,
  ...(isSandbox ? { world: 'sandbox' } : {}),
});
