import { describe, expect, test } from 'vitest';
import type { Access } from '../../../src/providers/kubernetes/access/access.ts';
import type { Call } from '../../../src/providers/kubernetes/wire/call.ts';
import { refusal } from '../../../src/providers/kubernetes/wire/refusal.ts';

const access: Access = {
  context: 'kind-lab',
  user: 'ann',
  server: 'https://127.0.0.1:6443',
  proxy: { except: '' },
  credentials: () => Promise.reject(new Error('not asked')),
};
const onConfigMap: Call = { method: 'PATCH', path: '/api/v1/namespaces/a/configmaps/b?force=false' };
const onSecret: Call = { method: 'PATCH', path: '/api/v1/namespaces/a/secrets/b?force=false' };
const of = (status: number, body: object, call: Call = onConfigMap) => refusal(call, { status, body }, access);

describe('a refusal by the API server', () => {
  test('for another field manager names the fields and who has them', () => {
    const cause = (message: string, field: string) => ({ reason: 'FieldManagerConflict', message, field });
    const causes = [
      cause('conflict with "kubectl-edit" using v1', '.data.mode'),
      cause('conflict with "helm"', '.metadata.labels.tier'),
    ];
    expect(
      of(409, { reason: 'Conflict', message: 'Apply failed with 2 conflicts', details: { causes } }),
    ).toMatchObject({
      code: 'CONFLICT',
      message: 'somebody else manages data.mode (kubectl-edit), metadata.labels.tier (helm)',
    });
  });

  test('for a stale resourceVersion is MOVED', () => {
    expect(of(409, { reason: 'Conflict', message: 'the object has been modified' }).code).toBe('MOVED');
  });

  test('for another uid is MOVED: the object that was read is gone', () => {
    const causes = [{ reason: 'FieldValueInvalid', message: 'field is immutable', field: 'metadata.uid' }];
    expect(of(422, { reason: 'Invalid', message: 'metadata.uid', details: { causes } }).code).toBe('MOVED');
  });

  test('for missing permission is DENIED, with the sentence that names it', () => {
    const message =
      'secrets "b" is forbidden: User "ann" cannot patch resource "secrets" in API group "" in the namespace "a"';
    expect(of(403, { reason: 'Forbidden', message })).toMatchObject({ code: 'DENIED', message });
    expect(of(403, { reason: 'Forbidden', message }, onSecret).message).toBe(
      'User "ann" cannot patch resource "secrets" in API group "" in the namespace "a"',
    );
  });

  test('for unaccepted credentials says who was refused and how they are made', () => {
    expect(of(401, {})).toMatchObject({ code: 'UNAUTHENTICATED', message: expect.stringContaining('"ann"') });
    const error = refusal(onConfigMap, { status: 401, body: {} }, { ...access, program: 'kubelogin' });
    expect(error.detail.next).toContain('kubelogin');
  });

  test('of a written Secret never repeats what a webhook or a validator quotes', () => {
    const quoting = [
      of(
        403,
        {
          reason: 'Forbidden',
          message: 'admission webhook "policy.example" denied the request: value hunter2 is weak',
        },
        onSecret,
      ),
      of(
        422,
        { reason: 'Invalid', message: 'data: Invalid value: "hunter2"', details: { causes: [{ field: 'data' }] } },
        onSecret,
      ),
      of(500, { message: 'failed to create typed patch object: .data.x: expected string, got hunter2' }, onSecret),
      of(400, { reason: 'BadRequest', message: 'cannot parse hunter2' }, onSecret),
    ];
    expect(JSON.stringify([quoting, quoting.map(String)])).not.toContain('hunter2');
    expect(quoting.map(({ code }) => code)).toEqual(['REJECTED', 'REJECTED', 'REJECTED', 'REJECTED']);
    expect(quoting[0]?.message).toContain('admission webhook "policy.example" denied the request');
    expect(quoting[1]?.message).toContain('data');
  });

  test('of anything else is REJECTED with its reason, cut to a readable length', () => {
    const { code, message } = of(422, { reason: 'Invalid', message: `spec: ${'x'.repeat(5000)}` });
    expect(code).toBe('REJECTED');
    expect(message).toContain('spec: xxx');
    expect(message.length).toBeLessThan(600);
  });

  test('for a path that nobody serves is not taken for an absent object', () => {
    expect(of(404, {})).toMatchObject({
      code: 'UNREACHABLE',
      message: 'the API server does not serve /api/v1/namespaces/a/configmaps/b',
    });
  });

  test('that comes as no JSON at all has its status', () => {
    expect(refusal(onConfigMap, { status: 502, body: undefined }, access)).toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringContaining('status 502'),
    });
  });
});
