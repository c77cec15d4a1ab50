import type { Ports } from '../../../engine/ports.ts';
import type { LoginConfig } from './config.ts';

/**
 * Tells which service account is missing that a login takes a token of; only of one that the manifest makes, as any other
 * one that is missing is an error. Once it was there it is not asked for again.
 */
export const accountWatch = (
  login: LoginConfig,
  ports: Pick<Ports, 'objects'>,
): (() => Promise<string | undefined>) => {
  let isThere = login.auth !== 'kubernetes' || login.madeHere !== true;
  return async () => {
    if (isThere || login.auth !== 'kubernetes') return undefined;
    const { namespace, name } = login.serviceAccount;
    const found = await (await ports.objects()).get({ group: '', kind: 'ServiceAccount', namespace, name });
    isThere = found !== undefined;
    return isThere ? undefined : `service account ${namespace}/${name}`;
  };
};
