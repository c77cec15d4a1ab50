import { LabError } from '../../../errors.ts';
import type { VaultClient } from '../client.ts';
import { parseCertificate } from './certificate.ts';
import { signedFile, subjectFields } from './issuer-read.ts';
import type { IssuerSpec } from './issuer-spec.ts';

/**
 * The certificate that somebody outside has signed, and what he sent along. Until it is there, the request is written to its
 * file: made anew where the file is gone. Throws NOT_SETTLED while it is missing, REJECTED for one of another subject.
 */
export const signedOutside = async (
  client: VaultClient,
  { spec, file, isNew }: { readonly spec: IssuerSpec; readonly file: string; readonly isNew: boolean },
  makeRequest: () => Promise<string>,
): Promise<string> => {
  const signed = isNew ? undefined : await client.files.read(signedFile(file));
  if (signed !== undefined) {
    refuseOther(signed, spec, signedFile(file));
    return signed;
  }
  if (isNew || (await client.files.read(file)) === undefined)
    await client.files.write(file, `${await makeRequest()}\n`);
  throw new LabError('NOT_SETTLED', `its request lies in ${file} and waits for a signature`, {
    next: `Have ${file} signed as a certificate authority, put the certificate and those above it into ${signedFile(file)}, and run lab apply again.`,
  });
};

// Whoever signs may change the subject; lab would then see another authority than the manifest wants, at every plan.
const refuseOther = (pem: string, spec: IssuerSpec, file: string): void => {
  const found: Readonly<Record<string, unknown>> = subjectFields(parseSigned(pem, file), spec);
  for (const [field, wanted] of Object.entries(spec)) {
    if (!(field in found) || JSON.stringify(found[field]) === JSON.stringify(wanted)) continue;
    throw new LabError(
      'REJECTED',
      `the certificate in ${file} has another ${field} than the manifest: ${JSON.stringify(found[field])}`,
      {
        next: 'Change the manifest, or have the request signed again as it is.',
      },
    );
  }
};

const parseSigned = (pem: string, file: string) => {
  try {
    return parseCertificate(pem);
  } catch {
    throw new LabError('REJECTED', `${file} does not begin with a certificate in PEM`);
  }
};
