import { describe, expect, test } from 'vitest';
import { mayRetry, refusal } from '../../../src/providers/vault/refusal.ts';
import type { Exchange } from '../../../src/providers/vault/transport.ts';

const address = 'https://vault.example:8200';
const answered = (status: number, ...errors: string[]): Exchange => ({ outcome: 'answered', status, body: { errors } });
const denied = '1 error occurred:\n\t* permission denied\n\n';
const cut = (code: string, sent: boolean): Exchange => ({ outcome: 'failed', code, sent });
const refused = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', exchange: Exchange, sent: string[] = []) =>
  refusal({ method, path: 'kv/data/app', address }, exchange, sent);

// Texts as Vault 1.21.4 says them.
describe('what a refused call means', () => {
  test.each<[string, 'GET' | 'POST' | 'PATCH' | 'DELETE', Exchange, string]>([
    ['bad input', 'POST', answered(400, 'failed to parse policy: At 1:2: illegal char'), 'REJECTED'],
    [
      'a version that moved',
      'POST',
      answered(400, 'check-and-set parameter did not match the current version'),
      'MOVED',
    ],
    ['a mount in the way', 'POST', answered(400, 'path is already in use at kv/'), 'CONFLICT'],
    ['a mount inside', 'POST', answered(400, 'existing mount at kv/a/'), 'CONFLICT'],
    ['no token', 'GET', answered(400, 'missing client token'), 'UNAUTHENTICATED'],
    [
      'a mount that is being converted',
      'POST',
      answered(400, 'Upgrading from non-versioned to versioned data. …'),
      'NOT_SETTLED',
    ],
    ['a path that is not allowed', 'GET', answered(403, denied), 'DENIED'],
    [
      'a token that died',
      'GET',
      answered(403, '2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n'),
      'UNAUTHENTICATED',
    ],
    ['a token that OpenBao does not know', 'GET', answered(403, 'permission denied'), 'UNAUTHENTICATED'],
    [
      'a write where nothing is mounted',
      'POST',
      answered(404, 'no handler for route "kv/data/app". route entry not found.'),
      'REJECTED',
    ],
    ['a patch of what is gone', 'PATCH', { outcome: 'answered', status: 404, body: undefined }, 'MOVED'],
    ['a not-found that is not of Vault', 'GET', { outcome: 'answered', status: 404, body: undefined }, 'UNREACHABLE'],
    [
      'a method that the path does not have',
      'DELETE',
      answered(405, '1 error occurred:\n\t* unsupported operation\n\n'),
      'REJECTED',
    ],
    ['a body that is too large', 'POST', answered(413, 'request body too large'), 'REJECTED'],
    ['a rate limit', 'GET', answered(429, 'request path "kv/data/app": rate limit quota exceeded'), 'UNREACHABLE'],
    ['a failing storage', 'GET', answered(500, 'internal error'), 'UNREACHABLE'],
    ['a seal', 'GET', answered(503, 'Vault is sealed'), 'UNREACHABLE'],
    [
      'a redirect',
      'GET',
      { outcome: 'answered', status: 307, body: undefined, location: 'https://evil.example/v1/x?y' },
      'UNREACHABLE',
    ],
    ['nobody there', 'GET', cut('ECONNREFUSED', false), 'UNREACHABLE'],
    ['a certificate', 'GET', cut('SELF_SIGNED_CERT_IN_CHAIN', false), 'UNREACHABLE'],
  ])('%s', (_, method, exchange, code) => {
    expect(refused(method, exchange).code).toBe(code);
  });

  test('is told with method, path, status and the text of the server on one line', () => {
    expect(refused('POST', answered(400, '1 error occurred:\n\t* no such thing\n\n')).message).toBe(
      `POST kv/data/app at ${address} answered 400: 1 error occurred: * no such thing`,
    );
  });

  test('names the capabilities that a denied token lacks', () => {
    expect(refused('PATCH', answered(403, denied)).detail.next).toContain('patch on "kv/data/app"');
    const tuning = refusal({ method: 'POST', path: 'sys/auth/k8s/tune', address }, answered(403, denied), []);
    expect(tuning.detail.next).toContain('create and update and sudo');
  });

  test('shows of a redirect where it would have gone, and no more', () => {
    const error = refused('GET', {
      outcome: 'answered',
      status: 307,
      body: undefined,
      location: 'https://evil.example/v1/x?y',
    });
    expect(error.message).toContain('to https://evil.example, which lab does not follow');
    expect(error.message).not.toContain('?y');
  });

  test('says of an unanswered write that it may have taken effect', () => {
    expect(refused('POST', cut('ECONNRESET', true)).message).toContain('may have taken effect');
    expect(refused('GET', cut('ECONNRESET', true)).message).not.toContain('effect');
  });
});

describe('a text that repeats a secret', () => {
  const secret = 'line one of it\n"quoted" & <more>';

  test.each([
    ['as it is', secret],
    ['a line of it', 'invalid: line one of it'],
    ['JSON-escaped', `cannot parse ${JSON.stringify(secret)}`],
    ['in base64', `bad value ${Buffer.from(secret).toString('base64')}`],
  ])('%s is withheld as a whole', (_, text) => {
    const { message } = refused('POST', answered(400, text), ['unrelated-token', secret]);
    expect(message).toContain('withheld');
    expect(message).not.toContain('line one');
  });

  test('decides nothing about what it means', () => {
    const text = 'check-and-set parameter did not match the current version';
    expect(refused('POST', answered(400, text), ['match']).code).toBe('MOVED');
  });
});

describe('a further try', () => {
  test.each<['GET' | 'POST', Exchange, boolean]>([
    ['POST', cut('ECONNREFUSED', false), true],
    ['POST', cut('ECONNRESET', true), false],
    ['GET', cut('ECONNRESET', true), true],
    ['GET', cut('CERT_HAS_EXPIRED', false), false],
    ['GET', cut('UND_ERR_RES_EXCEEDED_MAX_SIZE', true), false],
    ['GET', answered(500, 'pki key id 6a1d does not exist'), true],
    ['POST', answered(500, 'pki key id 6a1d does not exist'), false],
    ['POST', answered(412, ''), true],
    ['POST', answered(429, ''), true],
    ['GET', answered(502, ''), true],
    ['POST', answered(502, ''), false],
    ['POST', answered(503, 'Vault is in maintenance'), true],
    ['GET', answered(503, 'Vault is sealed'), false],
    ['POST', answered(400, 'Upgrading from non-versioned to versioned data.'), true],
    ['POST', answered(400, 'no such thing'), false],
    ['POST', answered(500, 'local node not active but active cluster node not found'), true],
    ['GET', answered(500, 'internal error'), true],
    ['GET', answered(403, denied), false],
    ['GET', answered(404), false],
    ['GET', answered(200), false],
  ])('of %s after %j: %s', (method, exchange, expected) => {
    expect(mayRetry(method, exchange)).toBe(expected);
  });
});
