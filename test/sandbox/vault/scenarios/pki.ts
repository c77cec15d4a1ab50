import { type Request, read, type Scenario, write } from './scenario.ts';

const mounted = (mount: string): Request => write(`sys/mounts/${mount}`, { type: 'pki' });

const rooted = (mount: string): readonly Request[] => [
  mounted(mount),
  write(`${mount}/root/generate/internal`, { common_name: 'lab', issuer_name: 'root-2026', key_type: 'ec' }),
];

/** Certificate authorities and their roles. */
export const pki = {
  'pki-role-key-bits': [
    mounted('pki-bits'),
    write('pki-bits/roles/ec', { key_type: 'ec' }),
    write('pki-bits/roles/rsa', { key_type: 'rsa' }),
    read('pki-bits/roles/ec'),
    read('pki-bits/roles/rsa'),
  ],
  'pki-role-key-usage': [mounted('pki-usage'), write('pki-usage/roles/r'), read('pki-usage/roles/r')],
  'pki-role-replaced': [
    mounted('pki-replaced'),
    write('pki-replaced/roles/r', { allow_any_name: true, max_ttl: '24h', organization: ['lab'] }),
    write('pki-replaced/roles/r', { max_ttl: '48h' }),
    read('pki-replaced/roles/r'),
  ],
  'pki-default-issuer': [
    ...rooted('pki-default'),
    write('pki-default/config/issuers', { default: 'root-2026' }),
    read('pki-default/config/issuers'),
  ],
  'pki-issuer-usage': [
    ...rooted('pki-issuer'),
    write('pki-issuer/issuer/root-2026', { issuer_name: 'root-2026', usage: ['read-only', 'crl-signing'] }),
    read('pki-issuer/issuer/root-2026'),
    read('pki-issuer/issuer/missing'),
  ],
  'pki-crl-expiry': [mounted('pki-crl'), write('pki-crl/config/crl', { expiry: '72h' }), read('pki-crl/config/crl')],
} satisfies Record<string, Scenario>;
