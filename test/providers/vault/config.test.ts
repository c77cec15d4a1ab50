import { describe, expect, test } from 'vitest';
import { checkConfig, refuseForeignToken } from '../../../src/providers/vault/config.ts';

const login = { auth: 'token', token: { from: 'env', name: 'VAULT_TOKEN' } };
const given = (changes: object = {}) => ({
  address: 'https://vault.example:8200/',
  mode: 'expected',
  login: { plan: login, apply: login },
  ...changes,
});
const guard = expect.objectContaining({ code: 'GUARD' });
const bad = expect.objectContaining({ code: 'BAD_MANIFEST' });

describe('the connection in the manifest', () => {
  test('loses the closing slash of its address', () => {
    expect(checkConfig(given(), {}).address).toBe('https://vault.example:8200');
  });

  test.each(['vault:8200', 'ftp://vault', 'https://user:pw@vault', 'https://vault?x=1', 'https://vault#x', ''])(
    'has no use for the address %j',
    (address) => {
      expect(() => checkConfig(given({ address }), {})).toThrow(bad);
    },
  );

  test('names the field that is wrong', () => {
    expect(() => checkConfig(given({ mode: 'maybe' }), {})).toThrow(/connections\.vault\.mode/);
    expect(() => checkConfig(undefined, {})).toThrow(bad);
  });

  test('takes no generated token', () => {
    const token = { from: 'generate', length: 20, alphabet: 'hex' };
    expect(() => checkConfig(given({ login: { plan: { auth: 'token', token }, apply: login } }), {})).toThrow(bad);
  });
});

describe('plain http', () => {
  test.each(['http://127.0.0.1:8200', 'http://localhost:8200', 'http://[::1]:8200'])(
    'to %s needs consent',
    (address) => {
      expect(() => checkConfig(given({ address }), {})).toThrow(guard);
      expect(checkConfig(given({ address, plaintext: 'loopback' }), {}).address).toBe(address);
      expect(checkConfig(given({ address, plaintext: 'in-cluster' }), {}).address).toBe(address);
    },
  );

  test.each([
    'http://vault.vault:8200',
    'http://127.0.0.1.example:8200',
    'http://10.0.0.1',
    'http://localhost.evil.example',
  ])('to %s is refused with either consent, because lab would dial it', (address) => {
    for (const plaintext of ['loopback', 'in-cluster']) {
      expect(() => checkConfig(given({ address, plaintext }), {})).toThrow(guard);
    }
  });
});

describe('ambient settings', () => {
  test.each(['', '0', 'f', 'F', 'false', 'False', 'FALSE'])('VAULT_SKIP_VERIFY=%j means false', (VAULT_SKIP_VERIFY) => {
    expect(checkConfig(given(), { VAULT_SKIP_VERIFY }).mode).toBe('expected');
  });

  test.each(['1', 't', 'true', 'TRUE', 'yes', ' '])('VAULT_SKIP_VERIFY=%j is refused', (VAULT_SKIP_VERIFY) => {
    expect(() => checkConfig(given(), { VAULT_SKIP_VERIFY })).toThrow(guard);
  });

  test('VAULT_NAMESPACE is refused, because the community edition would ignore it', () => {
    expect(() => checkConfig(given(), { VAULT_NAMESPACE: 'team' })).toThrow(guard);
    expect(checkConfig(given(), { VAULT_NAMESPACE: '' }).mode).toBe('expected');
  });
});

describe('VAULT_TOKEN', () => {
  const own = { from: 'env', name: 'VAULT_TOKEN' } as const;
  const address = 'https://vault.example:8200';

  test.each(['https://vault.example:8200', 'https://vault.example:8200/', 'https://VAULT.example:8200'])(
    'goes to the Vault that VAULT_ADDR names as %s',
    (VAULT_ADDR) => {
      expect(() => refuseForeignToken(own, address, { VAULT_ADDR })).not.toThrow();
    },
  );

  test.each([
    undefined,
    '',
    'https://other.example:8200',
    'http://vault.example:8200',
    'https://vault.example',
    'nonsense',
  ])('is not sent where VAULT_ADDR is %j', (VAULT_ADDR) => {
    expect(() => refuseForeignToken(own, address, { VAULT_ADDR })).toThrow(guard);
  });

  test('of both addresses the refusal speaks', () => {
    const VAULT_ADDR = 'https://other.example';
    expect(() => refuseForeignToken(own, address, { VAULT_ADDR })).toThrow(
      /vault\.example:8200.*https:\/\/other\.example/,
    );
  });

  test('a variable of another name was named for this address, whatever VAULT_ADDR says', () => {
    const other = { from: 'env', name: 'LAB_VAULT_TOKEN' } as const;
    expect(() => refuseForeignToken(other, address, { VAULT_ADDR: 'https://other.example' })).not.toThrow();
  });
});
