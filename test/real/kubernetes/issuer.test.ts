import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '../../../src/engine/provider.ts';
import { reveal } from '../../../src/secrets/secret.ts';
import { connect } from './cluster.ts';

let connection: Connection;
beforeAll(async () => {
  connection = await connect({ readOnly: true });
});
afterAll(() => connection.close());

test("the issuer is the iss of the cluster's tokens, to the letter", async () => {
  const live = await connection.kind('kubernetes.issuer').read(['cluster'], {});
  const token = await connection.offers.tokens?.token({ namespace: 'default', name: 'default' }, []);
  if (token === undefined) throw new Error('the provider offers no tokens');
  const { iss } = JSON.parse(Buffer.from(reveal(token).split('.')[1] ?? '', 'base64url').toString());
  expect(live).toEqual({ exists: 'yes', spec: {}, outputs: { issuer: iss, host: iss.replace('https://', '') } });
  expect(connection.writes()).toBe(0);
});
