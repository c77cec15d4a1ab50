import { describe, expect, test } from 'vitest';
import { auditDevice } from '../../../src/providers/vault/mounts/audit-device.ts';
import { productOf } from '../../../src/providers/vault/product.ts';
import { clientOf, stubServer } from './stub-server.ts';

test.each([
  [{ version: '1.21.4', enterprise: false }, 'vault'],
  [{ version: '2.0.0+ent', enterprise: true }, 'vault'],
  [{ version: '1.14.1' }, 'vault'],
  [{ version: '2.3.2' }, 'openbao'],
] as const)('%j is %s', (health, product) => {
  expect(productOf(health)).toBe(product);
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

  const byApi = 'cannot enable audit device via API; use declarative, config-based audit device management instead';
  const refused = async (product: 'vault' | 'openbao', errors: readonly string[] = [byApi]) => {
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

  test('that OpenBao refuses for another reason is not to be put there', async () => {
    await expect(refused('openbao', ['jsonx formatting has been removed'])).rejects.toMatchObject({
      detail: expect.not.objectContaining({ next: expect.anything() }),
    });
  });

  test('that Vault refuses is Vault’s own matter', async () => {
    await expect(refused('vault')).rejects.toMatchObject({
      detail: expect.not.objectContaining({ next: expect.anything() }),
    });
  });
});
