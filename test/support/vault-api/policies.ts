import { describe, expect, test } from 'vitest';
import { answered, type Call, done, refused, together, uniqueName } from './caller.ts';

const text = 'path "secret/*" { capabilities = ["read"] }';

/** `sys/policies/acl`. */
export const describePolicies = (call: Call): void => {
  const put = (name: string, policy: unknown) => call('POST', `sys/policies/acl/${name}`, { policy });

  describe('policies', () => {
    test('keep their text to the letter', async () => {
      const name = uniqueName('exact');
      const spaced = `  # why\n\n${text}\n\n`;
      expect(await put(name, spaced)).toEqual(done);
      const found = answered('system', { data: { name, policy: spaced } });
      expect(await call('GET', `sys/policies/acl/${name}`)).toEqual(found);
    });

    test('have lower-case names, whatever they are called', async () => {
      const name = uniqueName('Team');
      const lower = name.toLowerCase();
      expect(await put(name, text)).toEqual(
        answered('system', { warnings: [`policy name was converted to ${lower}`] }),
      );
      const found = answered('system', { data: { name: lower, policy: text } });
      expect(await call('GET', `sys/policies/acl/${name}`)).toEqual(found);
      expect((await call('GET', 'sys/policies/acl?list=true')).body.data.keys).toContain(lower);
      expect(await call('DELETE', `sys/policies/acl/${name}`)).toEqual(done);
      expect(await call('GET', `sys/policies/acl/${lower}`)).toEqual(refused(404));
    });

    test('text that is base64 is taken for encoded', async () => {
      const name = uniqueName('encoded');
      expect(await put(name, Buffer.from(text).toString('base64'))).toEqual(done);
      expect((await call('GET', `sys/policies/acl/${name}`)).body.data.policy).toBe(text);
    });

    test('may be JSON, comments only, and empty blocks', async () => {
      const name = uniqueName('forms');
      expect(await put(name, '{"path": {"a": {"capabilities": ["read"]}}}')).toEqual(done);
      expect(await put(name, '# nothing yet')).toEqual(done);
      expect(await put(name, 'path "a" { }\npath b { capabilities = ["read",] }\n// c\n/* d */')).toEqual(done);
      expect(await put(name, 'name = "x"\npath "a" { capabilities = ["deny", "read"] }')).toEqual(done);
      expect(await put(name, 'path "a" { capabilities = ["read"]\n min_wrapping_ttl = "1s" }')).toEqual(done);
    });

    test.each([
      ['', "'policy' parameter not supplied or empty"],
      ['path "a" { capabilities = ["rea"] }', 'failed to parse policy: path "a": invalid capability "rea"'],
      [
        'path "a" { capabilities = ["read" }',
        'failed to parse policy: At 1:35: error parsing list, expected comma or list end, got: RBRACE',
      ],
      [
        'path "a"  capabilities = ["read"] }',
        'failed to parse policy: At 1:24: nested object expected: LBRACE got: ASSIGN',
      ],
      [
        'path "a" {\n capabilities = ["read"]',
        'failed to parse policy: At 2:26: object expected closing RBRACE got: EOF',
      ],
      [
        'path "a" { capabilities = "read" }',
        'failed to parse policy: path "a": At 1:27: unknown slice type: *ast.LiteralType',
      ],
      ['path "a" { frob = ["read"] }', `failed to parse policy: ${together('path "a": invalid key "frob" on line 1')}`],
      ['frob "a" { }', `failed to parse policy: ${together('invalid key "frob" on line 0')}`],
      ['hello', "failed to parse policy: At 1:7: key 'hello' expected start of object ('{') or assignment ('=')"],
      ["path 'a' { }", 'failed to parse policy: At 1:6: illegal char'],
      [
        'path "a/+*" { capabilities = ["read"] }',
        `failed to parse policy: path "a/+*": invalid use of wildcards ('+*' is forbidden)`,
      ],
      ['path "a*" { policy = "frob" }', 'failed to parse policy: path "a*": invalid policy "frob"'],
    ])('%j is refused', async (policy, error) => {
      expect(await put(uniqueName('bad'), policy)).toEqual(refused(400, error));
    });

    test('root and default stay', async () => {
      expect(await put('root', text)).toEqual(refused(400, 'cannot update "root" policy'));
      expect(await call('DELETE', 'sys/policies/acl/root')).toEqual(refused(400, 'cannot delete "root" policy'));
      expect(await call('DELETE', 'sys/policies/acl/default')).toEqual(refused(400, 'cannot delete default policy'));
      expect(await call('GET', 'sys/policies/acl/root')).toEqual(
        answered('system', { data: { name: 'root', policy: '' } }),
      );
    });

    test('a policy that is not there is absent to read and gone to delete', async () => {
      const name = uniqueName('none');
      expect(await call('GET', `sys/policies/acl/${name}`)).toEqual(refused(404));
      expect(await call('DELETE', `sys/policies/acl/${name}`)).toEqual(done);
      expect(await call('GET', 'sys/policies/acl')).toEqual(refused(405, together('unsupported operation')));
    });
  });
};
