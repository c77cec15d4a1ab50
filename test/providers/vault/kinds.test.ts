import { describe, expect, test } from 'vitest';
import { sentenceOf } from '../../../src/engine/findings.ts';
import type { Live, Normalised } from '../../../src/engine/resource.ts';
import { type Fields, reference } from '../../../src/engine/value.ts';
import { vault } from '../../../src/providers/vault/index.ts';
import { splitMark, withMark } from '../../../src/providers/vault/mounts/entry.ts';
import { secret } from '../../../src/secrets/secret.ts';

const kind = (name: string) => {
  const found = vault.kinds.find((candidate) => candidate.kind === name);
  if (found === undefined) throw new Error(`no kind ${name}`);
  return found;
};
const normalised = (name: string, spec: Fields): Normalised => kind(name).normalise(spec);
const problem = (name: string, spec: Fields): string => {
  const result = normalised(name, spec);
  return result.ok ? 'no problem' : sentenceOf(result.found);
};

const role = { serviceAccountNames: ['b', 'a'], serviceAccountNamespaces: ['x'], policies: ['App', 'app', 'a'] };

describe('a spec in normal form', () => {
  test.each<[string, Fields, Fields]>([
    ['vault.mount', { type: 'kv-v2', maxLeaseTtl: '87600h' }, { type: 'kv-v2', maxLeaseTtl: 315_360_000 }],
    ['vault.mount', { type: 'kv-v1' }, { type: 'kv' }],
    [
      'vault.mount',
      { type: 'pki', description: null, defaultLeaseTtl: null },
      { type: 'pki', description: '', defaultLeaseTtl: 0 },
    ],
    [
      'vault.auth-method',
      { type: 'kubernetes', defaultLeaseTtl: '20m' },
      { type: 'kubernetes', defaultLeaseTtl: 1200 },
    ],
    [
      'vault.kv-config',
      { deleteVersionAfter: '3h', casRequired: null },
      { deleteVersionAfter: 10_800, casRequired: false },
    ],
    ['vault.policy', { paths: { 'a/*': ['read', 'list', 'read'] } }, { paths: { 'a/*': ['list', 'read'] } }],
    [
      'vault.kubernetes-auth-role',
      { ...role, ttl: '1h30m', audience: null },
      {
        serviceAccountNames: ['a', 'b'],
        serviceAccountNamespaces: ['x'],
        policies: ['a', 'app'],
        ttl: 5400,
        audience: '',
      },
    ],
    [
      'vault.pki-issuer',
      { commonName: 'Lab', ttl: '8760h', usage: ['crl-signing', 'crl-signing'], organization: ['b', 'a'] },
      { commonName: 'Lab', ttl: 31_536_000, usage: ['crl-signing', 'read-only'], organization: ['a', 'b'] },
    ],
    [
      'vault.pki-role',
      { domains: ['b', 'a'], maxTtl: '72h', key: null, commonNameValidations: ['hostname', 'email'] },
      { domains: ['a', 'b'], maxTtl: 259_200, key: 'rsa-2048', commonNameValidations: ['email', 'hostname'] },
    ],
    ['vault.pki-crl', { expiry: '4d', disable: null }, { expiry: 345_600, disable: false }],
    ['vault.pki-tidy', { enabled: false, safetyBuffer: null }, { enabled: false, safetyBuffer: 259_200 }],
  ])('%s %j', (name, spec, expected) => {
    const once = normalised(name, spec);
    expect(once).toEqual({ ok: true, spec: expected });
    // What is normal stays as it is.
    expect(normalised(name, expected)).toEqual(once);
  });

  test('keeps a reference for later', () => {
    const caCert = reference([
      { address: 'kubernetes.config-map/kube-system/kube-root-ca.crt', output: 'data.ca.crt' },
    ]);
    expect(normalised('vault.kubernetes-auth-config', { host: 'https://k', caCert })).toEqual({
      ok: true,
      spec: { host: 'https://k', caCert },
    });
  });
});

describe('a spec that Vault would refuse or bend', () => {
  test.each<[string, Fields, RegExp]>([
    ['vault.policy', {}, /either paths or hcl/],
    ['vault.policy', { hcl: 'path "a" {}', paths: { a: ['read'] } }, /either paths or hcl/],
    ['vault.policy', { paths: {} }, /at least one path/],
    ['vault.policy', { paths: { a: ['reed'] } }, /paths\.a\[0\] "reed" is not one of create, .*Did you mean read/],
    ['vault.policy', { paths: { 'a\nb': ['read'] } }, /line break/],
    ['vault.policy', { paths: { '': ['read'] } }, /empty/],
    ['vault.policy', { hcl: '' }, /base64/],
    ['vault.policy', { hcl: 'abcd' }, /base64/],
    ['vault.policy', { hcl: 'cGF0aCAi\nYSIge30=\n' }, /base64/],
    ['vault.kv-secret', { data: {} }, /at least one key/],
    ['vault.kv-secret', { data: { key: 'plain' } }, /secret value/],
    ['vault.kv-config', { maxVersions: -1 }, /maxVersions/],
    ['vault.kubernetes-auth-role', { ...role, serviceAccountNames: ['*', 'a'] }, /stand alone/],
    ['vault.kubernetes-auth-role', { ...role, serviceAccountNamespaces: ['*', 'a'] }, /stand alone/],
    ['vault.mount', { type: 'kv-v2', options: {} }, /options/],
    ['vault.auth-method', { type: 'approle', maxLeaseTtl: '-1h' }, /maxLeaseTtl/],
    ['vault.pki-issuer', { commonName: 'a', ttl: '1h', signedBy: 'root' }, /MOUNT\/ISSUER/],
    ['vault.pki-issuer', { commonName: 'a', ttl: '1h', key: 'rsa-1024' }, /key/],
    ['vault.pki-role', { ttl: '2h', maxTtl: '1h' }, /longer than maxTtl/],
    ['vault.pki-role', { commonNameValidations: ['email', 'disabled'] }, /disabled alone/],
    [
      'vault.pki-role',
      { keyUsage: ['digitalSignature'] },
      /keyUsage\[0\] "digitalSignature" is not one of CertSign, .*Did you mean DigitalSignature/,
    ],
    ['vault.pki-role', { generateLease: true, noStore: true }, /cannot have a lease/],
    ['vault.pki-crl', { delta: true }, /needs autoRebuild/],
    ['vault.pki-crl', { autoRebuild: true, expiry: '12h' }, /shorter than expiry/],
    ['vault.pki-crl', { maxEntries: 0 }, /at least 1/],
    ['vault.pki-tidy', { enabled: true }, /say true for one of certStore/],
    ['vault.pki-tidy', { enabled: false, minStartupBackoff: '20m' }, /not be longer than maxStartupBackoff/],
    ['vault.pki-tidy', { enabled: false, publishCounts: true }, /needs maintainCounts/],
    ['vault.pki-tidy', { enabled: false, safetyBuffer: 0 }, /a second or more/],
    ['vault.pki-tidy', { certStore: true }, /enabled/],
  ])('%s %j is refused offline', (name, spec, expected) => {
    expect(problem(name, spec)).toMatch(expected);
  });

  test('is not confused with a policy that only looks a little like base64', () => {
    expect(problem('vault.policy', { hcl: 'path "a" { capabilities = ["read"] }' })).toBe('no problem');
  });

  test('a secret value is fine', () => {
    expect(problem('vault.kv-secret', { data: { key: secret('value') } })).toBe('no problem');
  });
});

describe('an identity', () => {
  test.each<[string, string[], string[]]>([
    ['vault.mount', ['team/kv/'], ['team/kv']],
    ['vault.auth-method', ['kubernetes/'], ['kubernetes']],
    ['vault.policy', ['Team-A'], ['team-a']],
    ['vault.kv-secret', ['secret', '/crossplane/azure'], ['secret', 'crossplane/azure']],
    ['vault.kubernetes-auth-role', ['kubernetes', 'Web'], ['kubernetes', 'web']],
    ['vault.pki-role', ['pki/', 'Web'], ['pki', 'Web']],
  ])('of %s %j is %j', (name, parts, expected) => {
    expect(kind(name).identify(parts, {})).toEqual(expected);
  });

  test.each(['a/b', '-a', 'a b', ''])('a role cannot be called %j', (name) => {
    expect(() => kind('vault.kubernetes-auth-role').identify(['kubernetes', name], {})).toThrow(
      expect.objectContaining({ code: 'BAD_MANIFEST' }),
    );
  });
});

describe('the order', () => {
  test('puts every child behind its container and every kind behind vault.active', () => {
    expect(kind('vault.kv-secret').parent(['team/kv', 'app'], {})).toBe('vault.mount/team%2Fkv');
    expect(kind('vault.kubernetes-auth-config').parent(['kubernetes'], {})).toBe('vault.auth-method/kubernetes');
    // The server itself opens that gate, once it answers at all.
    expect(kind('vault.server').gates(['main'], {})).toEqual(['vault.reachable']);
    expect(kind('vault.server').opens(['main'], {})).toEqual(['vault.active']);
    const others = vault.kinds.filter((each) => each.kind !== 'vault.server');
    for (const each of others) expect(each.gates(['a', 'b'], {})).toEqual(['vault.active']);
  });

  test('puts an authority behind the one that signs it, and a role behind the authority that it names', () => {
    expect(kind('vault.pki-issuer').after(['pki', 'int'], { signedBy: 'team/root/r1' })).toEqual([
      'vault.pki-urls/pki',
      'vault.pki-issuer/team%2Froot/r1',
      'vault.pki-urls/team%2Froot',
    ]);
    expect(kind('vault.pki-role').after(['pki', 'web'], { issuer: 'int' })).toEqual(['vault.pki-issuer/pki/int']);
  });

  test('puts a role behind the configuration of its method and behind its policies', () => {
    expect(kind('vault.kubernetes-auth-role').after(['kubernetes', 'web'], { policies: ['App', 'db'] })).toEqual([
      'vault.kubernetes-auth-config/kubernetes',
      'vault.policy/app',
      'vault.policy/db',
    ]);
  });
});

describe('a description with the ownership mark', () => {
  test.each([
    ['Secrets of the lab', 'Secrets of the lab [lab illm/kind/8f14]'],
    ['', '[lab illm/kind/8f14]'],
    ['ends in [brackets]', 'ends in [brackets] [lab illm/kind/8f14]'],
    ['keeps a space ', 'keeps a space  [lab illm/kind/8f14]'],
  ])('%j is written %j and read back', (description, expected) => {
    expect(withMark(description, 'illm/kind/8f14')).toBe(expected);
    expect(splitMark(expected)).toEqual({ description, mark: 'illm/kind/8f14' });
  });

  test.each(['Secrets', '', '[lab]', 'see [lab a/b/c] for more'])('%j carries none', (text) => {
    expect(splitMark(text)).toEqual({ description: text });
  });
});

describe('a root', () => {
  const newRoot = (spec: Fields, live: Live) => kind('vault.pki-issuer').irreversible(['pki', 'root'], spec, live);
  const spec = { commonName: 'Lab', ttl: 60 };
  const there: Live = { exists: 'yes', spec: { ...spec, key: 'rsa-2048' }, outputs: {} };

  test('is a step that cannot be taken back, when it is made and when another one replaces it', () => {
    expect(newRoot(spec, { exists: 'no' })).toMatch(/new root certificate/);
    expect(newRoot({ ...spec, key: 'ec-256' }, there)).toMatch(/new root certificate/);
    expect(newRoot({ ...spec, leafNotAfter: 'permit' }, there)).toBeUndefined();
  });

  test('is none that another authority signs', () => {
    expect(newRoot({ ...spec, signedBy: 'root/r1' }, { exists: 'no' })).toBeUndefined();
  });
});
