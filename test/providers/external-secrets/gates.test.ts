import { expect, test } from 'vitest';
import { createClient } from '../../../src/providers/external-secrets/client.ts';
import { clientOver, objectsWith } from './client-over.ts';

const gate = 'external-secrets.crd/secretstores.external-secrets.io';
const serving = (...versions: string[]) => ({ versions: async () => versions });

test.each(['wait', 'expected'] as const)('is open as soon as the kind is served, mode %s', async (mode) => {
  expect(await clientOver(serving('v1'), mode).gate(gate)).toEqual({ state: 'open' });
  expect(await clientOver(serving('v1alpha1', 'v1beta1'), mode).gate(gate)).toEqual({ state: 'open' });
});

test('is shut while somebody else has still to install it', async () => {
  const because = 'CRD secretstores.external-secrets.io is not installed yet';
  expect(await clientOver(serving(), 'wait').gate(gate)).toEqual({ state: 'shut', because });
});

test('is broken where it should have been there, and says what to do', async () => {
  expect(await clientOver(serving(), 'expected').gate(gate)).toEqual({
    state: 'broken',
    because: 'CRD secretstores.external-secrets.io is not installed',
    next: 'Install External Secrets in namespace eso, or set install.external-secrets.mode: wait if somebody else does.',
  });
});

test('is broken where only versions are served that lab does not know', async () => {
  expect(await clientOver(serving('v1alpha1'), 'wait').gate(gate)).toMatchObject({
    state: 'broken',
    because: 'the API server serves SecretStore as v1alpha1, and lab knows v1 and v1beta1',
  });
});

test('a gate that External Secrets does not have is broken', async () => {
  expect(await clientOver({}).gate('external-secrets.crd/pushsecrets.external-secrets.io')).toMatchObject({
    state: 'broken',
  });
});

test('works in the best version that is served', async () => {
  expect(await clientOver(serving('v1beta1', 'v1')).version('ExternalSecret')).toBe('v1');
  expect(await clientOver(serving('v1beta1')).describe()).toBe('External Secrets, API v1beta1');
  expect(await clientOver(serving()).describe()).toBe('External Secrets, not installed yet');
  await expect(clientOver(serving()).version('ExternalSecret')).rejects.toMatchObject({ code: 'REJECTED' });
});

test('a connection that says something else is a mistake in the manifest', () => {
  const wrong = () => createClient({ mode: 'maybe', namespace: 'eso' }, objectsWith({}));
  expect(wrong).toThrow(/^install\.external-secrets\.mode: "maybe" is not one of expected, wait$/);
});
