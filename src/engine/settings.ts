import type { z } from 'zod';
import { LabError } from '../errors.ts';
import { findings, ownMessages } from './findings.ts';
import type { Path } from './path.ts';
import { formatPath } from './path.ts';

/** A provider's part of the manifest's connections in its schema's types; `at` is where the manifest has it. Throws BAD_MANIFEST. */
export const checkSettings = <Settings>(
  schema: z.ZodType<Settings>,
  given: unknown,
  at: Path,
  next?: string,
): Settings => {
  const parsed = schema.safeParse(given, { error: ownMessages, reportInput: true });
  if (parsed.success) return parsed.data;
  const found = parsed.error.issues.flatMap((issue) => findings(issue, at));
  const message = found.map(({ path, text }) => `${formatPath(path)}: ${text}`).join('; ');
  throw new LabError('BAD_MANIFEST', message, next === undefined ? {} : { next });
};
