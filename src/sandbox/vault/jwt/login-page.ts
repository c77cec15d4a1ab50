import { randomBytes } from 'node:crypto';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { found, refused } from '../result.ts';
import { methodOf, roleOf } from './store.ts';

/**
 * `oidc/auth_url`: where somebody is sent who logs in at the provider. The sandbox asks no provider for its pages, and
 * takes them to lie below its address; what Vault refuses without saying why is an empty text, as in Vault.
 */
export const loginPageEndpoints: readonly Endpoint[] = [
  endpoint({
    pattern: /^oidc\/auth_url$/,
    fields: { role: 'string', redirect_uri: 'string' },
    on: {
      update: (call, { role: named = '', redirect_uri: redirectUri = '' }) => {
        const { config } = methodOf(call);
        if (config === undefined) return refused(400, 'could not load configuration');
        const name = named === '' ? config.defaultRole : named;
        const role = roleOf(call, name);
        if (role === undefined) return refused(400, `role "${name}" could not be found`);
        const isOpen = config.clientId !== '' && role.redirectUris?.includes(redirectUri) === true;
        if (!isOpen) return found({ auth_url: '' });
        const query = new URLSearchParams({
          client_id: config.clientId,
          nonce: randomBytes(10).toString('hex'),
          redirect_uri: redirectUri,
          response_type: 'code',
          scope: ['openid', ...(role.scopes ?? [])].join(' '),
          state: randomBytes(10).toString('hex'),
        });
        return found({ auth_url: `${config.discoveryUrl}/authorize?${query.toString()}` });
      },
    },
  }),
];
