import { describe, expect, test } from 'vitest';
import { LabError } from '../../../src/errors.ts';
import { checkConfig } from '../../../src/providers/aws/config.ts';

const ambient = { region: 'eu-west-1', credential: { type: 'ambient' } };
const failure = (config: unknown, env: Record<string, string> = {}): string => {
  try {
    checkConfig(config, env);
    return 'none';
  } catch (error) {
    if (error instanceof LabError) return `${error.code} ${error.message}`;
    throw error;
  }
};

describe('the connection', () => {
  test('takes ambient credentials, or an access key by its sources', () => {
    expect(failure(ambient)).toBe('none');
    const key = { type: 'access-keys', id: { from: 'env', name: 'ID' }, secret: { from: 'file', path: 'key' } };
    expect(failure({ region: 'cn-north-1', account: '012345678901', credential: key })).toBe('none');
    expect(failure({ ...ambient, credential: { type: 'ambient', profile: 'lab' } })).toBe('none');
  });

  test.each<[string, object, string]>([
    ['a region that is none', { region: 'Frankfurt' }, 'connections.aws.region'],
    ['an account without quotes', { account: 123_456_789_012 }, 'connections.aws.account'],
    ['an access key in plain text', { credential: { type: 'access-keys', id: 'AKIA', secret: 'x' } }, 'credential.id'],
    ['an endpoint over plain http', { endpoints: { sts: 'http://127.0.0.1:5000' } }, 'endpoints.sts'],
    ['an endpoint with a user', { endpoints: { secretsManager: 'https://a:b@127.0.0.1' } }, 'endpoints.secretsManager'],
    ['a file where the text of a certificate belongs', { ca: '/etc/ca.crt' }, 'connections.aws.ca'],
    ['fields that it does not know', { verifyTls: false }, 'connections.aws'],
  ])('does not take %s', (_, wrong, path) => {
    expect(failure({ ...ambient, ...wrong })).toMatch(/^BAD_MANIFEST /);
    expect(failure({ ...ambient, ...wrong })).toContain(path);
  });

  test.each(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_SECRETS_MANAGER', 'AWS_ENDPOINT_URL_STS'])(
    'is refused while %s would send secrets elsewhere',
    (name) => {
      expect(failure(ambient, { [name]: 'https://elsewhere.example' })).toMatch(`GUARD ${name} is set`);
      expect(failure(ambient, { [name]: '' })).toBe('none');
    },
  );
});
