import { describe, expect, onTestFinished, test } from 'vitest';
import type { Connection } from '../../../src/engine/provider.ts';
import type { Live } from '../../../src/engine/resource.ts';
import { opensslVerify } from './openssl.ts';
import { mounted, root, write } from './pki.ts';
import { connectFor, stranger } from './server.ts';

const issuer = 'vault.pki-issuer';

const connected = async (): Promise<Connection> => {
  const connection = await connectFor();
  onTestFinished(() => connection.close());
  return connection;
};

const certificateOf = (live: Live): string => {
  const certificate = live.exists === 'yes' ? live.outputs['certificate'] : undefined;
  if (typeof certificate !== 'string') throw new Error('there is no authority');
  return certificate;
};

const asked = async (path: string, body: object) => {
  const answer = await stranger('POST', path, body);
  expect(answer.body.errors).toBeUndefined();
  return answer.body.data;
};

/** Another certificate for the key of an authority, without its constraints, as nobody but a holder of the key can have it. */
const unconstrained = async (above: string, below: string): Promise<void> => {
  const subject = { common_name: 'Lab below' };
  const { csr } = await asked(`${below}/intermediate/generate/existing`, { ...subject, key_ref: 'int' });
  const { certificate } = await asked(`${above}/issuer/root/sign-intermediate`, { ...subject, csr, ttl: '8000h' });
  const { imported_issuers: made } = await asked(`${below}/intermediate/set-signed`, { certificate });
  await stranger('POST', `${below}/config/issuers`, { default: made[0] });
};

const leafFrom = async (mount: string, host: string): Promise<string> => {
  await stranger('POST', `${mount}/roles/any`, { allow_any_name: true, key_type: 'ec', max_ttl: '1h' });
  return (await asked(`${mount}/issue/any`, { common_name: host })).certificate;
};

describe('an authority that may sign some names only', () => {
  test('is held to them by openssl, whatever else its key has signed', async () => {
    const [above, below, connection] = [await mounted('root'), await mounted('names'), await connected()];
    const authority = await write(connection, issuer, [above, 'root'], root);
    const live = await write(connection, issuer, [below, 'int'], {
      signedBy: `${above}/root`,
      commonName: 'Lab below',
      ttl: '8000h',
      key: 'ec-256',
      permittedDnsDomains: ['lab.internal'],
      excludedDnsDomains: ['bad.lab.internal'],
    });
    await unconstrained(above, below);
    const judged = async (host: string) =>
      opensslVerify({
        root: certificateOf(authority),
        above: [certificateOf(live)],
        leaf: await leafFrom(below, host),
        host,
      });
    expect(await judged('app.lab.internal')).toBe('leaf: OK');
    expect(await judged('app.elsewhere.internal')).toContain('permitted subtree violation');
    expect(await judged('bad.lab.internal')).toContain('excluded subtree violation');
  });

  test('has what it was asked for in its certificate, as the standard spells it', async () => {
    const [mount, connection] = [await mounted('names'), await connected()];
    const asIs = {
      permittedDnsDomains: ['.below.example', 'Lab.internal'],
      excludedDnsDomains: ['bad.lab.internal'],
      excludedEmailAddresses: ['.mail.example', 'a@b.example'],
      permittedUriDomains: ['.lab.internal'],
      excludedUriDomains: ['bad.lab.internal'],
    };
    const live = await write(connection, issuer, [mount, 'root'], {
      ...root,
      ...asIs,
      permittedIpRanges: ['10.1.2.3/9', '10.0.0.0/9', '192.0.2.1/32', '0.0.0.0/0'],
      excludedIpRanges: ['2001:DB8:0:0::1/33', '::ffff:10.0.0.0/104', '::/0', '1:2:3:4:5:6:7:8/128'],
    });
    expect(live).toMatchObject({
      spec: {
        ...asIs,
        permittedIpRanges: ['0.0.0.0/0', '10.0.0.0/9', '192.0.2.1/32'],
        excludedIpRanges: ['1:2:3:4:5:6:7:8/128', '2001:db8::/33', '::/0', '::ffff:a00:0/104'],
      },
    });
  });

  test('is refused with the words of Vault where the one above it may not sign its own name', async () => {
    const [above, below, connection] = [await mounted('root'), await mounted('names'), await connected()];
    await write(connection, issuer, [above, 'root'], { ...root, permittedDnsDomains: ['lab.internal'] });
    const signed = { signedBy: `${above}/root`, ttl: '8000h', key: 'ec-256' };
    await expect(write(connection, issuer, [below, 'int'], { ...signed, commonName: 'lab' })).rejects.toMatchObject({
      code: 'REJECTED',
      message: expect.stringContaining('DNS name "lab" is not permitted by any constraint'),
    });
    expect(await write(connection, issuer, [below, 'int'], { ...signed, commonName: 'Lab below' })).toMatchObject({
      exists: 'yes',
    });
  });
});
