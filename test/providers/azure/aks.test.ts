import { describe, expect, test } from 'vitest';
import { createAuthority } from '../../../src/sandbox/certificates/authority.ts';
import { reveal } from '../../../src/secrets/secret.ts';
import { connect, sandbox, subscription } from './sandbox.ts';

const caPem = createAuthority('cluster').certificate;
const entra = { endpoint: 'https://lab-1.hcp.westeurope.azmk8s.io:443', caPem, issuer: 'https://oic.example/1/' };
const local = { ...entra, account: { certificate: 'the certificate', key: 'the key' } };
const closed = { ...entra, issuer: undefined };

const start = async (readOnly = false) => {
  const box = await sandbox({ clusters: { 'lab/entra': entra, 'lab/local': local, 'lab/closed': closed } });
  const connection = await connect(box, { config: { vaults: [], subscription }, readOnly });
  const { aks } = connection.offers;
  if (aks === undefined) throw new Error('Azure offers clusters');
  return { box, connection, find: (name: string) => aks.find({ resourceGroup: 'Lab', name }) };
};

describe('a cluster of AKS', () => {
  test('is where Azure says, also for who may only read, and nothing is written', async () => {
    const { connection, find } = await start(true);
    expect(await find('entra')).toMatchObject({
      name: 'AKS entra in Lab',
      server: 'https://lab-1.hcp.westeurope.azmk8s.io',
      ca: caPem,
      issuer: 'https://oic.example/1/',
    });
    expect((await find('closed')).issuer).toBeUndefined();
    expect(connection.writes()).toBe(0);
  });

  test('lets lab in by a token that is for AKS and nothing else', async () => {
    const { box, find } = await start();
    const login = await (await find('entra')).login();
    if (login.by !== 'token') throw new Error('it logs in with Entra');
    expect(box.clusterUser(reveal(login.token))).toBeDefined();
    const claims = JSON.parse(Buffer.from(reveal(login.token).split('.')[1] ?? '', 'base64url').toString());
    expect(claims.aud).toBe('6dae42f8-4368-4678-94ff-3960e28e3630');
  });

  test('without Entra lets lab in by its local account', async () => {
    const { find } = await start();
    const login = await (await find('local')).login();
    if (login.by !== 'certificate') throw new Error('it has a local account');
    expect([login.certificate, reveal(login.key)]).toEqual(['the certificate', 'the key']);
    expect(JSON.stringify(login)).not.toContain('the key');
  });

  test('that is not there is named', async () => {
    const { find } = await start();
    await expect(find('other')).rejects.toMatchObject({
      code: 'REJECTED',
      message: 'there is no AKS cluster other in resource group Lab',
    });
  });
});
