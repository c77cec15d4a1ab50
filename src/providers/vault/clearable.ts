import { z } from 'zod';

/** A field that `null` in the manifest clears: it then is the server's own word for nothing. */
export const clearable = <Field extends z.ZodType, const Empty>(field: Field, empty: Empty) =>
  z.union([field, z.null().transform(() => empty)]).optional();
