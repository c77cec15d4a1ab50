import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Connection } from '../../src/engine/provider.ts';
import { reveal } from '../../src/secrets/secret.ts';

/** A kind that values are taken from, at a server where somebody else writes them. */
export interface ValueCase {
  readonly kind: string;
  /** As plan connects: nothing may be written. */
  readonly connect: () => Promise<Connection>;
  readonly idOf: (name: string) => readonly string[];
  /** Somebody puts these values into a secret of this name. */
  readonly put: (name: string, properties: Readonly<Record<string, string>>) => Promise<void>;
}

/** What every kind must do whose secrets are the source of a value. */
export const describeValue = (what: string, valueCase: () => ValueCase): void => {
  describe(`${what} is a source`, () => {
    const taken = async (name: string, property: string) => {
      const { kind, connect, idOf } = valueCase();
      const connection = await connect();
      onTestFinished(() => connection.close());
      const found = await connection.kind(kind).value?.(idOf(name), property);
      expect(connection.writes()).toBe(0);
      return found === undefined ? undefined : reveal(found);
    };
    const uniqueName = () => `lab-source-${randomUUID().slice(0, 8)}`;

    test('of nothing while it is not there', async () => {
      expect(await taken(uniqueName(), 'password')).toBeUndefined();
    });

    test("of what somebody put there, one property at a time, with a reader's connection", async () => {
      const name = uniqueName();
      await valueCase().put(name, { username: 'somebody', password: 'of somebody' });
      expect(await taken(name, 'password')).toBe('of somebody');
      expect(await taken(name, 'username')).toBe('somebody');
      expect(await taken(name, 'constructor')).toBeUndefined();
    });
  });
};
