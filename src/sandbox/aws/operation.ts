import { z } from 'zod';
import { AwsRefusal } from './refusal.ts';
import type { Regional } from './regional.ts';

/** One operation of Secrets Manager: the call's JSON in, the answer's JSON out. Throws AwsRefusal. */
export type Operation = (body: unknown, place: Regional) => object;

/** An operation with these fields. What AWS has more of is passed over, so a caller is never wrong about those. */
export const operation =
  <Shape extends z.ZodRawShape>(
    fields: Shape,
    run: (given: z.output<z.ZodObject<Shape>>, place: Regional) => object,
  ): Operation =>
  (body, place) => {
    const parsed = z.object(fields).safeParse(body);
    if (parsed.success) return run(parsed.data, place);
    const field = parsed.error.issues[0]?.path.join('.') ?? '';
    const member = field.charAt(0).toLowerCase() + field.slice(1);
    throw new AwsRefusal(
      'ValidationException',
      `1 validation error detected: Value at '${member}' failed to satisfy constraint`,
    );
  };
