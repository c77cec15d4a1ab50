import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePolicy, renderPolicy, sameMeaning } from '../../../../src/providers/vault/policy/hcl.ts';

describe('a rendered policy', () => {
  test('has one block a path, sorted', () => {
    expect(renderPolicy({ 'b/+/c': ['read'], 'a/*': ['update', 'create'] })).toBe(
      'path "a/*" {\n  capabilities = ["create", "update"]\n}\n\npath "b/+/c" {\n  capabilities = ["read"]\n}\n',
    );
  });

  test('quotes what HCL reads otherwise', () => {
    expect(renderPolicy({ 'a/"b"\\c/${d}/$e': ['read'] })).toContain('path "a/\\"b\\"\\\\c/\\u0024{d}/$e" {');
  });

  test('is read back as the paths that it was made of', () => {
    const capabilities = fc.uniqueArray(fc.constantFrom('create', 'read', 'update', 'delete', 'list', 'sudo'), {
      minLength: 1,
    });
    const path = fc.string({ unit: fc.constantFrom('a', '/', '*', '+', '"', '\\', '$', '{', '}', '#', 'é', ' ', ']') });
    fc.assert(
      fc.property(fc.dictionary(path, capabilities, { minKeys: 1, noNullPrototype: true }), (paths) => {
        const sorted = Object.fromEntries(Object.entries(paths).map(([at, what]) => [at, what.toSorted()]));
        expect(parsePolicy(renderPolicy(paths))).toEqual(sorted);
      }),
    );
  });
});

describe('a policy that somebody else wrote', () => {
  test('is read with comments, on one line and with a comma at the end', () => {
    const text = '# all\npath "a" {capabilities=["read","list",]} // some\n/* more */ path "b" { capabilities = [] }';
    expect(parsePolicy(text)).toEqual({ a: ['list', 'read'], b: [] });
  });

  test.each([
    ['says more than capabilities', 'path "a" { capabilities = ["read"] min_wrapping_ttl = "1s" }'],
    ['uses the old word', 'path "a" { policy = "write" }'],
    [
      'has one path twice, which Vault joins',
      'path "a" { capabilities = ["read"] } path "a" { capabilities = ["list"] }',
    ],
    ['interpolates, which leaves escapes as they are', 'path "a/${b}" { capabilities = ["read"] }'],
    ['is JSON', '{"path": {"a": {"capabilities": ["read"]}}}'],
    ['is broken', 'path "a" { capabilities = ["read"'],
    ['lacks a comma', 'path "a" { capabilities = ["read" "list"] }'],
    ['has a word for a path', 'path a { capabilities = ["read"] }'],
    ['has a heredoc', 'path "a" { capabilities = [<<X\nread\nX\n] }'],
  ])('is not taken apart if it %s', (_, text) => {
    expect(parsePolicy(text)).toBeUndefined();
  });
});

describe('another form of a policy', () => {
  const text = 'path "a" {\n  capabilities = ["read", "list"]\n  min_wrapping_ttl = "1s"\n}\n';

  test.each([
    ['other spaces', 'path "a" {capabilities=["read","list"]\n\tmin_wrapping_ttl="1s"}'],
    ['comments', `# reviewed\n${text} /* twice */ // thrice`],
  ])('with %s means the same', (_, other) => {
    expect(sameMeaning(text, other)).toBe(true);
  });

  test('in another order means the same where only capabilities are given', () => {
    const one = 'path "a" { capabilities = ["read", "list"] } path "b" { capabilities = ["read"] }';
    const other = 'path "b" { capabilities = ["read"] }\npath "a" { capabilities = ["list", "read",] }';
    expect(sameMeaning(one, other)).toBe(true);
  });

  test.each([
    ['another value', text.replace('1s', '2s')],
    ['spaces in a string', text.replace('"a"', '"a "')],
    ['a comment sign in a string', text.replace('"a"', '"#a"')],
    ['one word less', text.replace('"list"', '')],
  ])('with %s does not', (_, other) => {
    expect(sameMeaning(text, other)).toBe(false);
  });

  test('is not worked out where texts hold expressions', () => {
    expect(sameMeaning('path "${a}" {}', 'path  "${a}" {}')).toBe(false);
  });
});
