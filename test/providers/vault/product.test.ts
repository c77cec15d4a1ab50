import { describe, expect, test } from 'vitest';
import { auditDevice } from '../../../src/providers/vault/mounts/audit-device.ts';
import { differenceOf, differences, productOf } from '../../../src/providers/vault/product.ts';
import { clientOf, stubServer } from './stub-server.ts';

test.each([
  [{ version: '1.21.4', enterprise: false }, 'vault'],
  [{ version: '2.0.0+ent', enterprise: true }, 'vault'],
  [{ version: '1.14.1' }, 'vault'],
  [{ version: '2.3.2' }, 'openbao'],
] as const)('%j is %s', (health, product) => {
  expect(productOf(health)).toBe(product);
});

test('what no real OpenBao was asked is marked as read, and not as seen', () => {
  expect(Object.values(differences).map(({ openbao }) => openbao.known)).not.toContain('recorded');
  expect(differenceOf('ownPolicies', 'openbao')).toEqual(['root', 'default']);
});

describe('an audit device', () => {
  const request = {
    id: ['log'],
    spec: { type: 'file', description: 'who "did" what', options: { file_path: '/log/${x}', mode: '0600' } },
    live: { exists: 'no' },
    mark: 'demo/default/1',
    fingerprints: {},
    removed: [],
  } as const;

  const refused = async (product: 'vault' | 'openbao') => {
    // As OpenBao documents it; not recorded.
    const errors = ['cannot enable audit device via API'];
    const server = await stubServer(() => ({ status: 400, body: { errors } }));
    const client = await clientOf(server.address);
    return auditDevice.bind({ ...client, product: async () => product }).write(request);
  };

  test('that OpenBao takes from its configuration only comes with the stanza to add', async () => {
    await expect(refused('openbao')).rejects.toMatchObject({
      code: 'REJECTED',
      message: expect.stringContaining('cannot enable audit device via API'),
      detail: {
        next: `OpenBao takes audit devices from its configuration: add audit "file" "log" { description = "who \\"did\\" what" options { file_path = "/log/\\u0024{x}" mode = "0600" } } on each server, and send it SIGHUP.`,
      },
    });
  });

  test('that Vault refuses is Vault’s own matter', async () => {
    await expect(refused('vault')).rejects.toMatchObject({
      detail: expect.not.objectContaining({ next: expect.anything() }),
    });
  });
});
