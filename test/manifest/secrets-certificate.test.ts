import { expect, test } from 'vitest';
import { complaintsAbout, expanded, resourceAt } from './support/load.ts';

const store =
  '{ type: vault, mount: secret, auth: { type: kubernetes, path: kubernetes, role: eso, serviceAccount: eso/eso }, expose: { kind: ClusterSecretStore, namespaces: all } }';

interface Said {
  readonly secret?: string;
  readonly role?: string;
}

const manifest = ({
  secret = 'certificate: { role: pki/lab, commonName: app.lab.internal, altNames: [b.lab.internal, lab.internal], ipSans: 10.0.0.1, ttl: 72h }, refresh: 24h',
  role = 'domains: [lab.internal], subdomains: true, bareDomains: true, maxTtl: 72h',
}: Said = {}) => `apiVersion: lab/v1
name: demo
cluster: { context: c }
stores: { vault: ${store} }
secrets:
  shop/tls: { ${secret} }
vault:
  address: https://v
  login: { auth: token, token: { env: T } }
  mounts:
    secret: { type: kv-v2 }
    pki: { type: pki, issuers: { ca: { self: { commonName: Lab, ttl: 100h } } }, roles: { lab: { ${role} } } }
  auth: { kubernetes: { type: kubernetes, host: "https://api", roles: { eso: { serviceAccounts: [shop/tls], policies: [], ttl: 20m } } } }
`;

const generator = 'kubernetes.object/generators.external-secrets.io/VaultDynamicSecret/shop/tls';
const secret = 'external-secrets.external-secret/shop/tls';

test('is a generator that asks for a certificate, and a Secret of type kubernetes.io/tls', async () => {
  const loaded = await expanded(manifest());
  expect(resourceAt(loaded, generator)).toMatchObject({
    spec: {
      object: {
        spec: {
          path: 'pki/issue/lab',
          method: 'POST',
          parameters: {
            common_name: 'app.lab.internal',
            alt_names: 'b.lab.internal,lab.internal',
            ip_sans: '10.0.0.1',
            ttl: '259200s',
          },
          provider: { auth: { kubernetes: { role: 'eso', serviceAccountRef: { name: 'tls' } } } },
        },
      },
    },
    dependsOn: [
      'kubernetes.service-account/shop/tls',
      'vault.kubernetes-auth-role/kubernetes/eso',
      'vault.pki-role/pki/lab',
    ],
  });
  const { spec } = resourceAt(loaded, secret);
  expect(spec).toMatchObject({ refresh: 86_400, generator: { kind: 'VaultDynamicSecret', name: 'tls' } });
  expect(spec['target']).toMatchObject({ name: 'tls', template: { type: 'kubernetes.io/tls' } });
  expect(JSON.stringify(spec['target'])).toContain('"tls.key":"{{ .private_key }}\\\\n"'.replaceAll('\\\\', '\\'));
});

test('may have keys of its own beside those of a TLS Secret', async () => {
  const more =
    'certificate: { role: elsewhere/lab, commonName: a }, refresh: 1h, template: { serial: "{{ .serial_number }}" }';
  const { spec } = resourceAt(await expanded(manifest({ secret: more })), secret);
  expect(spec['target']).toMatchObject({
    template: { data: { serial: '{{ .serial_number }}', 'tls.key': expect.anything() } },
  });
});

const asked = (more: string, rest = 'refresh: 1h') => `certificate: { role: pki/lab, ${more} }, ${rest}`;

test.each<[string, Said, string]>([
  [
    'half its life',
    { secret: asked('commonName: a.lab.internal, ttl: 2h') },
    'less than half of how long the certificate lives, 2h0m0s, or certificates end',
  ],
  [
    'the role’s life',
    { role: 'domains: [lab.internal], subdomains: true, ttl: 90m', secret: asked('commonName: a.lab.internal') },
    'how long the certificate lives, 1h30m0s',
  ],
  [
    'a lease that ends with the login',
    { role: 'anyName: true, generateLease: true', secret: asked('commonName: a, ttl: 9h') },
    'half of the ttl of the login role eso, 20m0s',
  ],
  [
    'more than the role allows',
    { secret: asked('commonName: a.lab.internal, ttl: 73h') },
    'longer than maxTtl of pki/lab',
  ],
  [
    'a name of elsewhere',
    { secret: asked('commonName: a.example, ttl: 9h') },
    'a.example is no name that the role lets in',
  ],
  ['another one', { secret: asked('commonName: lab.internal, altNames: x.example, ttl: 9h') }, 'x.example is no name'],
  [
    'a role that is not there',
    { secret: 'certificate: { role: pki/lap, commonName: a }, refresh: 1h' },
    'pki has no role lap. Did you mean lab?',
  ],
  [
    'a mount of another type',
    { secret: 'certificate: { role: secret/x, commonName: a }, refresh: 1h' },
    'secret is of type kv-v2, not pki',
  ],
  [
    'users beside it',
    { secret: 'certificate: { role: pki/lab, commonName: lab.internal }, dynamic: { role: a/b }, refresh: 1h' },
    'certificate: takes the place of dynamic',
  ],
])('%s is a complaint at its line', async (_, said, text) => {
  const complaints = await complaintsAbout(manifest(said));
  expect(complaints.join('\n')).toContain(text);
  expect(complaints.every((line) => line.startsWith('lab.yaml:6:'))).toBe(true);
});

test('local names, mail addresses and names that only Vault can judge are left to Vault', async () => {
  const mail = { secret: asked('commonName: dev@lab.internal, altNames: localhost, ttl: 9h') };
  expect(await complaintsAbout(manifest(mail))).toEqual([]);
  const glob = { role: 'domains: ["*.example"], globDomains: true', secret: asked('commonName: a.example, ttl: 9h') };
  expect(await complaintsAbout(manifest(glob))).toEqual([]);
});
