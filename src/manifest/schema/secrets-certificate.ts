import { z } from 'zod';
import { duration } from '../../engine/fields.ts';
import { dynamicSecret } from './secrets-dynamic.ts';

const texts = () =>
  z.union([
    z
      .string()
      .min(1)
      .transform((text) => [text]),
    z.array(z.string().min(1)).min(1),
  ]);

/** A Kubernetes Secret with a certificate that Vault issues, anew at each refresh: who asks is said as in `dynamic`. */
export const certificateSecret = z.strictObject({
  ...dynamicSecret.shape,
  role: dynamicSecret.shape.role.describe('MOUNT/ROLE: the role of a PKI mount that issues it'),
  commonName: z.string().min(1).describe('The host name that it is for'),
  altNames: texts().optional().describe('Other host names'),
  ipSans: texts().optional(),
  uriSans: texts().optional(),
  ttl: duration().optional().describe('How long it lives; default: as the role has it'),
});

/** Its output. */
export type CertificateSecret = z.output<typeof certificateSecret>;
