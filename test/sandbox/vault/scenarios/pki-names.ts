import { type Request, type Scenario, write } from './scenario.ts';

const root = (constraints: object): Request =>
  write('pki-names/root/generate/internal', { common_name: 'Lab root', key_type: 'ec', ttl: '700h', ...constraints });

const requested = (commonName: string): Request => ({
  ...write('pki-names/intermediate/generate/internal', { common_name: commonName, key_type: 'ec' }),
  keep: { request: ['data', 'csr'] },
});

const signed = (commonName: string, constraints: object = {}): Request =>
  write('pki-names/issuer/root/sign-intermediate', {
    csr: '{request}',
    common_name: commonName,
    ttl: '100h',
    ...constraints,
  });

const issued = (names: object): Request => write('pki-names/issue/lab', names);

/** Authorities that may sign some names only. */
export const pkiNames = {
  'pki-name-constraints': [
    write('sys/mounts/pki-names', { type: 'pki' }),
    root({ permitted_ip_ranges: '10.1.2.3' }),
    root({ excluded_ip_ranges: ['10.0.0.0/8', '10.0.0.0/33'] }),
    root({ permitted_dns_domains: 'a b' }),
    root({ excluded_email_addresses: '@lab.internal' }),
    root({ permitted_uri_domains: '10.0.0.1' }),
    root({ excluded_uri_domains: 'a..b' }),
    root({
      issuer_name: 'root',
      permitted_dns_domains: 'lab.internal, .sub.example',
      excluded_dns_domains: ['bad.lab.internal'],
      permitted_ip_ranges: ['10.1.2.3/8', '2001:db8::/32'],
      excluded_ip_ranges: ['10.9.0.0/16', '2001:db8:9::/48'],
      permitted_email_addresses: ['a@mail.example', 'lab.internal'],
      permitted_uri_domains: '.lab.internal',
    }),
    write('pki-names/roles/lab', {
      allow_any_name: true,
      enforce_hostnames: false,
      key_type: 'ec',
      allowed_uri_sans: ['*'],
      require_cn: false,
      cn_validations: ['disabled'],
      ttl: '1h',
    }),
    issued({ common_name: 'other.example' }),
    issued({ common_name: 'app.lab.internal', alt_names: 'other.example' }),
    issued({ common_name: 'BAD.lab.internal' }),
    issued({ common_name: 'sub.example' }),
    issued({ common_name: 'Some one', ip_sans: '11.0.0.1' }),
    issued({ common_name: 'Some one', ip_sans: '10.9.0.1' }),
    issued({ common_name: 'Some one', ip_sans: '2001:db8:9::1' }),
    issued({ common_name: 'Some one', ip_sans: '::1' }),
    issued({ common_name: 'Some one', alt_names: 'b@mail.example' }),
    issued({ common_name: 'Some one', uri_sans: 'https://lab.internal/x' }),
    issued({ common_name: 'other.example', exclude_cn_from_sans: true }),
    issued({ common_name: 'other.example', alt_names: 'app.lab.internal', exclude_cn_from_sans: true }),
    requested('Lab'),
    signed('Lab'),
    signed('Lab below', { permitted_ip_ranges: '10.1.2.3' }),
    signed('Lab below', { excluded_dns_domains: ['a..b'] }),
    signed('Lab below', { permitted_dns_domains: 'app.lab.internal' }),
    signed('int.lab.internal', { permitted_dns_domains: 'app.lab.internal' }),
  ],
} satisfies Record<string, Scenario>;
