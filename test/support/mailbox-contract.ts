import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Mailbox, Offers } from '../../src/engine/ports.ts';
import { reveal, secret } from '../../src/secrets/secret.ts';

/** What a case needs beside the mailbox: somebody else's hand in the same place. */
export interface MailboxCase {
  readonly open: (name: string) => Promise<Mailbox>;
  readonly overwrite: (name: string, value: string) => Promise<void>;
}

/** What every place must do that lab delivers values to. */
export const describeMailbox = (place: string, mailboxCase: () => MailboxCase): void => {
  describe(`${place} is a mailbox`, () => {
    const name = `lab-letter-${randomUUID().slice(0, 8)}`;
    let box: Mailbox;
    const ids = ['11111111-2222-3333-4444-555555555555.0', '66666666-7777-8888-9999-000000000000.1800000000'] as const;
    beforeAll(async () => {
      box = await mailboxCase().open(name);
    });
    const valueNow = async () => {
      const value = await box.value();
      return value === undefined ? undefined : reveal(value);
    };

    test('is empty at first, and says which place it is', async () => {
      expect(await box.look()).toBeUndefined();
      expect(await box.value()).toBeUndefined();
      expect(await box.where()).toContain(name);
    });

    test('tells what was put there by its id, and by whom', async () => {
      await box.put(secret('the first value'), { id: ids[0], mark: 'a/b/c' });
      expect(await box.look()).toEqual({ id: ids[0], moved: false, mark: 'a/b/c' });
      expect(await valueNow()).toBe('the first value');
    });

    test('has the next one in its place', async () => {
      await box.put(secret('the second value'), { id: ids[1], mark: 'a/b/c' });
      expect(await box.look()).toEqual({ id: ids[1], moved: false, mark: 'a/b/c' });
      expect(await valueNow()).toBe('the second value');
    });

    test('shows that somebody else wrote there', async () => {
      await mailboxCase().overwrite(name, 'hunter2');
      expect(await box.look()).toMatchObject({ id: expect.any(String), moved: true });
    });

    test('is emptied twice', async () => {
      await box.remove();
      await box.remove();
      expect(await box.look()).toBeUndefined();
    });

    test('is refused where somebody else has a value, which stays', async () => {
      const theirs = `${name}-theirs`;
      await mailboxCase().overwrite(theirs, 'hunter2');
      const other = await mailboxCase().open(theirs);
      expect((await other.look())?.id).toBeUndefined();
      const put = other.put(secret('ours'), { id: ids[0], mark: 'a/b/c' });
      await expect(put).rejects.toMatchObject({ code: 'CONFLICT' });
      await other.remove();
      expect(await other.look()).toBeDefined();
    });
  });
};

/** The mailbox of a connection. */
export const mailboxOf = (
  { offers }: { readonly offers: Pick<Offers, 'mailbox'> },
  place: string,
  name: string,
): Mailbox => {
  if (offers.mailbox === undefined) throw new Error('the connection offers no mailbox');
  return offers.mailbox(place, name);
};
