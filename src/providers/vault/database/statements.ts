import { z } from 'zod';

/** SQL as Vault keeps it: a list of statements, each without the white space around it. One alone may be a string. */
export const statements = () =>
  z
    .union([z.string().transform((text) => [text]), z.array(z.string()), z.null().transform((): string[] => [])])
    .transform((list) => list.map((text) => text.trim()));
