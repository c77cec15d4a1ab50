import { createHash } from 'node:crypto';

/** Hex SHA-256 over everything that a manifest came from. Each part goes in with its length, so that none can run into the next. */
export const digestInputs = (inputs: {
  readonly bytes: readonly Buffer[];
  readonly environment: string;
  readonly vars: Readonly<Record<string, string>>;
}): string => {
  const parts = [...inputs.bytes, Buffer.from(inputs.environment), Buffer.from(JSON.stringify(inputs.vars))];
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
};
