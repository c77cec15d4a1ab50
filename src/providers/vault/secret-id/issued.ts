import { z } from 'zod';
import { LabError } from '../../../errors.ts';
import { type Secret, secret } from '../../../secrets/secret.ts';
import type { VaultClient } from '../client.ts';

/** A SecretID as Vault tells of it afterwards: by its accessor, without its value. */
export interface Issued {
  readonly accessor: string;
  /** ISO time; absent for one that lives for ever. */
  readonly expires?: string;
  /** Seconds; 0 = for ever. */
  readonly ttl: number;
  /** Logins that are left; 0 = as many as one likes. */
  readonly usesLeft: number;
  readonly mark?: string;
}

/** What lab leaves in the metadata of a SecretID: whose it is, and which place it was issued for. */
export interface IssuedFor {
  readonly where: string;
  readonly mark?: string;
}

const accessors = z.object({ keys: z.array(z.string()) });

const looked = z.object({
  expiration_time: z.iso.datetime({ offset: true }),
  secret_id_ttl: z.number(),
  secret_id_num_uses: z.number(),
  metadata: z.record(z.string(), z.string()).nullish(),
});

type Looked = z.output<typeof looked>;

/** The SecretIDs of a role that were issued for a place, and are alive. */
export const issuedFor = async (
  client: VaultClient,
  role: readonly string[],
  where: string,
): Promise<readonly Issued[]> => {
  const known = await client.list([...role, 'secret-id'], accessors);
  const all = await Promise.all(
    (known?.keys ?? []).map(async (accessor) => ({ accessor, seen: await lookUp(client, role, accessor) })),
  );
  return all.flatMap(({ accessor, seen }) =>
    seen?.metadata?.[deliveryKey] === where ? [toIssued(accessor, seen)] : [],
  );
};

const deliveryKey = 'lab-delivery';
const ownerKey = 'lab-owner';

const lookUp = async (client: VaultClient, role: readonly string[], accessor: string): Promise<Looked | undefined> => {
  try {
    return await client.lookUp([...role, 'secret-id-accessor', 'lookup'], { secret_id_accessor: accessor }, looked);
  } catch (error) {
    // It ended since the list was made.
    if (error instanceof LabError && error.message.includes('answered 404')) return undefined;
    throw error;
  }
};

const toIssued = (
  accessor: string,
  { expiration_time, secret_id_ttl, secret_id_num_uses, metadata }: Looked,
): Issued => ({
  accessor,
  ttl: secret_id_ttl,
  usesLeft: secret_id_num_uses,
  // The year 1 is Go's word for "never".
  ...(expiration_time.startsWith('0001-') ? {} : { expires: new Date(expiration_time).toISOString() }),
  ...(metadata?.[ownerKey] === undefined ? {} : { mark: metadata[ownerKey] }),
});

const made = z.object({
  secret_id: z.string().transform(secret),
  secret_id_accessor: z.string(),
  secret_id_ttl: z.number(),
});

/** The metadata of a SecretID, as Vault takes it. */
export const metadataOf = ({ where, mark }: IssuedFor): string =>
  JSON.stringify({ [deliveryKey]: where, ...(mark === undefined ? {} : { [ownerKey]: mark }) });

/** A new SecretID, for as long as the role has it if not for `ttl` seconds: the only answer that ever holds it. */
export const issue = async (
  client: VaultClient,
  role: readonly string[],
  ttl: number | undefined,
  meant: IssuedFor,
): Promise<{ readonly value: Secret; readonly accessor: string; readonly ttl: number }> => {
  const body = { metadata: metadataOf(meant), ...(ttl === undefined ? {} : { ttl: `${ttl}s` }) };
  const answer = await client.ask([...role, 'secret-id'], body, made);
  return { value: answer.secret_id, accessor: answer.secret_id_accessor, ttl: answer.secret_id_ttl };
};

/** A new SecretID that lab never sees: the value is a token that has it once, for as long as it lives. */
export const issueWrapped = async (
  client: VaultClient,
  role: readonly string[],
  ttl: number,
  meant: IssuedFor,
): Promise<{ readonly value: Secret; readonly accessor: string; readonly ttl: number }> => {
  const body = { metadata: metadataOf(meant), ttl: `${ttl}s` };
  const { token, accessor } = await client.askWrapped([...role, 'secret-id'], body, ttl);
  return { value: token, accessor, ttl };
};

/** Ends a SecretID; one that is over already is success. */
export const destroy = async (client: VaultClient, role: readonly string[], accessor: string): Promise<void> => {
  try {
    await client.write('POST', [...role, 'secret-id-accessor', 'destroy'], { secret_id_accessor: accessor });
  } catch (error) {
    // Vault answers 500 for one that it does not know.
    if (!(error instanceof LabError) || !error.message.includes('failed to find accessor entry')) throw error;
  }
};
