import { LabError } from '../../../errors.ts';
import type { SecretPlace } from '../client.ts';
import { regionPattern } from '../config.ts';

/**
 * Where the parts of an address lead. Throws BAD_MANIFEST on what AWS would refuse. Source: CreateSecret in the API
 * reference of Secrets Manager.
 */
export const secretPlace = ([region = '', name = '']: readonly string[]): SecretPlace => {
  if (!regionPattern.test(region)) throw wrong(`"${region}" is not an AWS region`, 'Write it as us-east-1.');
  if (!/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(name)) {
    throw wrong(
      `"${name}" is not a name of a secret in AWS`,
      'It takes 1 to 512 letters, digits and / _ + = . @ -; in an address a slash is written %2F.',
    );
  }
  return { region, name };
};

const wrong = (message: string, next: string): LabError => new LabError('BAD_MANIFEST', message, { next });
