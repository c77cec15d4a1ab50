import { access } from './access.ts';
import { databases } from './databases.ts';
import { rootRevoked } from './initialising.ts';
import { logins } from './logins.ts';
import { machines } from './machines.ts';
import { mountsAndPolicies } from './mounts-and-policies.ts';
import { pki } from './pki.ts';
import { pkiNames } from './pki-names.ts';
import { pkiTidy } from './pki-tidy.ts';
import { refusals } from './refusals.ts';
import type { Scenario } from './scenario.ts';

/** Every scenario that runs on an open Vault, by the name of its recording. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  ...mountsAndPolicies,
  ...databases,
  ...pki,
  ...pkiNames,
  ...pkiTidy,
  ...logins,
  ...access,
  ...machines,
  ...refusals,
  ...rootRevoked,
};
