import type { Origin, Resource } from '../engine/resource.ts';
import { isFields, isList, type Value } from '../engine/value.ts';
import { isSourced, type Source } from '../secrets/source.ts';
import { type Complaint, complaint } from './complaint.ts';
import { type Given, keyOrigin } from './expand/draft.ts';
import { outside } from './files.ts';
import type { VaultLogin } from './schema/vault-login.ts';

/** Complains of value files that lie in the folder by name, and outside of it once links are followed. Reads none of them. */
export const checkValueFiles = async (
  given: Given,
  resources: readonly Resource[],
  folder: string,
): Promise<Complaint[]> => {
  const named = [...resources.flatMap(({ spec, origin }) => filesIn(spec, origin)), ...loginFiles(given)];
  const checked = await Promise.all(
    named.map(async ({ file, origin }) => {
      const problem = await outside(folder, file);
      return problem === undefined ? [] : [complaint(origin, `the file ${file} ${problem}`)];
    }),
  );
  return checked.flat();
};

interface NamedFile {
  readonly file: string;
  readonly origin: Origin;
}

const filesIn = (value: Value, origin: Origin): NamedFile[] => {
  if (isSourced(value)) return value.source.from === 'file' ? [{ file: value.source.path, origin }] : [];
  if (isList(value)) return value.flatMap((item) => filesIn(item, origin));
  return isFields(value) ? Object.values(value).flatMap((item) => filesIn(item, origin)) : [];
};

const loginFiles = (given: Given): NamedFile[] => {
  const { login } = given.manifest.vault ?? {};
  if (login === undefined) return [];
  const origin = keyOrigin(given, ['vault', 'login']);
  const files = [login.plan, login.apply]
    .flatMap(sourcesOf)
    .flatMap((source) => (source.from === 'file' ? [source.path] : []));
  return [...new Set(files)].map((file) => ({ file, origin }));
};

const sourcesOf = (login: VaultLogin): readonly Source[] => {
  switch (login.auth) {
    case 'token':
    case 'jwt':
      return [login.token];
    case 'app-role':
      return [login.roleId, login.secretId];
    case 'kubernetes':
      return [];
  }
};
