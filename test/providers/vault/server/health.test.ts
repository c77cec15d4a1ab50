import { describe, expect, test } from 'vitest';
import { checkConfig } from '../../../../src/providers/vault/config.ts';
import {
  activeGate,
  classify,
  describeHealth,
  type HealthBody,
} from '../../../../src/providers/vault/server/health.ts';
import type { Exchange } from '../../../../src/providers/vault/transport.ts';

// Bodies as Vault 1.21.4 gave them.
const body = (changes: Partial<HealthBody> = {}): HealthBody => ({
  initialized: true,
  sealed: false,
  standby: false,
  version: '1.21.4',
  enterprise: false,
  cluster_id: 'f5d90395-4e2d-cb65-582d-d3e338b2f163',
  ...changes,
});
const answered = (status: number, json: unknown): Exchange => ({ outcome: 'answered', status, body: json });
const failed = (code: string, sent = false): Exchange => ({ outcome: 'failed', code, sent });

describe('the class of a health answer', () => {
  test.each<[string, Exchange, string]>([
    ['nothing listens', failed('ECONNREFUSED'), 'absent'],
    ['the name is not known', failed('ENOTFOUND'), 'absent'],
    ['the name cannot be looked up now', failed('EAI_AGAIN'), 'absent'],
    ['packets get lost', failed('UND_ERR_CONNECT_TIMEOUT'), 'absent'],
    ['it listens and does not answer', failed('ETIMEDOUT', true), 'absent'],
    ['a load balancer without a Vault behind it', answered(503, undefined), 'absent'],
    ['a gateway without a Vault behind it', answered(502, undefined), 'absent'],
    ['a certificate of an unknown authority', failed('SELF_SIGNED_CERT_IN_CHAIN'), 'other'],
    ['a certificate for another name', failed('ERR_TLS_CERT_ALTNAME_INVALID'), 'other'],
    ['a web server', answered(404, undefined), 'other'],
    ['JSON that is not of a Vault', answered(200, { status: 'ok' }), 'other'],
    ['501', answered(501, body({ initialized: false, sealed: true, standby: true })), 'uninitialised'],
    ['503', answered(503, body({ sealed: true, standby: true })), 'sealed'],
    ['429', answered(429, body({ standby: true })), 'standby'],
    ['472, which a DR secondary answers', answered(472, body({ standby: true })), 'standby'],
    ['473, a performance standby', answered(473, body({ standby: true })), 'standby'],
    ['200', answered(200, body()), 'active'],
    ['200 of a proxy that flattens statuses, sealed', answered(200, body({ sealed: true })), 'sealed'],
    ['a DR secondary whose body says nothing', answered(472, body()), 'standby'],
  ])('%s', (_, exchange, expected) => {
    expect(classify(exchange).class).toBe(expected);
  });
});

describe('the gate vault.active', () => {
  const given = { address: 'https://vault.example:8200', login: login('T') };
  const config = (mode: string, product = 'auto') => checkConfig({ ...given, mode, product }, {});
  const gate = (exchange: Exchange, mode = 'wait', progress = '') =>
    activeGate(classify(exchange), progress, config(mode));

  test('is open for an active Vault', () => {
    expect(gate(answered(200, body()))).toEqual({ state: 'open' });
  });

  test('is shut while a Vault that somebody else deploys is absent', () => {
    expect(gate(failed('ECONNREFUSED'))).toEqual({
      state: 'shut',
      because: 'waits for Vault at https://vault.example:8200, which this manifest does not deploy',
    });
  });

  test('is broken where an absent Vault was expected, and says what to do', () => {
    expect(gate(failed('ECONNREFUSED'), 'expected')).toMatchObject({
      state: 'broken',
      because: 'Vault at https://vault.example:8200 cannot be reached (ECONNREFUSED)',
      next: expect.stringContaining('mode: wait'),
    });
  });

  test.each(['wait', 'expected'])('is shut with the reason for one that is not ready, in mode %s', (mode) => {
    const because = (exchange: Exchange, progress = '') => gate(exchange, mode, progress);
    expect(because(answered(501, body({ initialized: false })))).toMatchObject({
      state: 'shut',
      because: expect.stringContaining('is not initialised'),
    });
    expect(because(answered(503, body({ sealed: true })), '2 of 3 shares given')).toMatchObject({
      state: 'shut',
      because: 'Vault at https://vault.example:8200 is sealed (2 of 3 shares given)',
    });
    expect(because(answered(429, body({ standby: true })))).toMatchObject({
      state: 'shut',
      because: expect.stringContaining('is standby'),
    });
  });

  test('is broken, not shut, for something that is no Vault or not trusted', () => {
    expect(gate(answered(404, undefined)).state).toBe('broken');
    expect(gate(failed('DEPTH_ZERO_SELF_SIGNED_CERT')).state).toBe('broken');
  });

  test.each([
    ['vault', body(), 'open'],
    ['vault', body({ version: '1.16.3', enterprise: undefined }), 'open'],
    ['vault', body({ version: '2.6.0', enterprise: undefined }), 'broken'],
    ['openbao', body({ version: '2.6.0', enterprise: undefined }), 'open'],
    ['openbao', body({ version: '2.0.1' }), 'broken'],
  ])('with product %s and health %j is %3$s', (product, found, expected) => {
    // A field that is absent on the wire is undefined here.
    const seen = classify(answered(200, JSON.parse(JSON.stringify(found))));
    expect(activeGate(seen, '', config('expected', product)).state).toBe(expected);
  });

  test('is named in one line with product, version and address', () => {
    const line = (exchange: Exchange, progress = '') => describeHealth(classify(exchange), progress, config('wait'));
    expect(line(answered(200, body()))).toBe('vault 1.21.4 at https://vault.example:8200 (active)');
    expect(line(answered(503, body({ sealed: true })), '0 of 3 shares given')).toBe(
      'vault 1.21.4 at https://vault.example:8200 (sealed, 0 of 3 shares given)',
    );
    expect(line(failed('ENOTFOUND'))).toBe('vault: waiting for https://vault.example:8200, not reachable yet');
  });
});

function login(name: string) {
  const token = { auth: 'token', token: { from: 'env', name } };
  return { plan: token, apply: token };
}
