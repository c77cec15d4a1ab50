import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { diskFailure } from '../../secrets/disk-failure.ts';
import { reveal, type Secret } from '../../secrets/secret.ts';
import { connectOf, type Exchange, failureOf, parseJson, type TransportOptions } from './transport.ts';

/** What carries whole files between this machine and a Vault, of any length, and holds none of it in memory. */
export interface Bulk {
  /** The body of a 200 goes into the file; every other answer comes back whole. */
  download(url: string, token: Secret, into: FileHandle): Promise<Exchange>;
  upload(url: string, token: Secret, file: string): Promise<Exchange>;
  close(): Promise<void>;
}

/** Opens a connection of its own; dials nothing yet. */
export const openBulk = async ({ caFile, signal, connector }: TransportOptions): Promise<Bulk> => {
  const [{ Agent, request }, connect] = await Promise.all([import('undici'), connectOf({ caFile, connector })]);
  const dispatcher = new Agent({ connections: 1, ...(connect === undefined ? {} : { connect }) });

  const answered = async (work: () => Promise<Exchange>): Promise<Exchange> => {
    try {
      return await work();
    } catch (error) {
      // A disk that is full is no failure of the call.
      if (diskFailure(error)?.code === 'ENOSPC') throw error;
      return failureOf(error, signal);
    }
  };

  return {
    download: (url, token, into) =>
      answered(async () => {
        const { statusCode: status, body } = await request(url, { dispatcher, headers: headersFor(token), signal });
        if (status !== 200) return { outcome: 'answered', status, body: parseJson(await body.text()) };
        await into.writeFile(body);
        return { outcome: 'answered', status, body: undefined };
      }),
    upload: (url, token, file) =>
      answered(async () => {
        const body = createReadStream(file);
        const answer = await request(url, { dispatcher, method: 'POST', headers: headersFor(token), body, signal });
        return { outcome: 'answered', status: answer.statusCode, body: parseJson(await answer.body.text()) };
      }),
    close: () => dispatcher.destroy(),
  };
};

const headersFor = (token: Secret) => ({ 'x-vault-token': reveal(token) });
