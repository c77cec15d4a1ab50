import { access, readFile } from 'node:fs/promises';
import { delimiter, join, resolve, sep } from 'node:path';
import { parse } from 'yaml';
import { LabError } from '../../../errors.ts';
import { elements, members, text } from '../json.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The kubeconfig files to read, as kubectl finds them; the earlier one wins. [] if there are none. Throws if a named one cannot be read. */
export const findKubeconfigs = async (env: Env, named?: string): Promise<readonly string[]> => {
  if (named !== undefined) {
    if (!(await isReadable(named))) throw unreadable(named, 'the manifest');
    if (!isOperators(env, named)) await refusePrograms(named);
    return [named];
  }
  const files = await Promise.all(ownFiles(env).map(async (file) => ((await isReadable(file)) ? [file] : [])));
  const found = files.flat();
  if (found.length === 0 && env['KUBECONFIG']) throw unreadable(env['KUBECONFIG'], 'KUBECONFIG');
  return found;
};

const home = (env: Env): string => env['HOME'] ?? env['USERPROFILE'] ?? '';

const ownFiles = (env: Env): readonly string[] =>
  env['KUBECONFIG'] ? env['KUBECONFIG'].split(delimiter).filter(Boolean) : [join(home(env), '.kube', 'config')];

/** Whether the file is the operator's own, by KUBECONFIG or by lying in ~/.kube: then it may run programs. */
const isOperators = (env: Env, file: string): boolean => {
  const path = resolve(file);
  return ownFiles(env).some((own) => resolve(own) === path) || path.startsWith(resolve(home(env), '.kube') + sep);
};

const isReadable = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

const unreadable = (file: string, namedBy: string): LabError =>
  new LabError('UNAUTHENTICATED', `the kubeconfig ${file} that ${namedBy} names cannot be read`);

// What a user entry may hold without running a program or reading a file whose content goes to a server.
const harmless = new Set([
  'client-certificate',
  'client-certificate-data',
  'client-key',
  'client-key-data',
  'token',
  'username',
  'password',
  'as',
]);

/** A kubeconfig that only the manifest names could make a reviewer's machine run or send anything. */
const refusePrograms = async (file: string): Promise<void> => {
  for (const entry of elements(members(await parsed(file))['users']).map(members)) {
    const risky = Object.keys(members(entry['user'])).find((key) => !harmless.has(key));
    if (risky === undefined) continue;
    throw new LabError(
      'GUARD',
      `user "${text(entry['name']) ?? ''}" of ${file} uses "${risky}", and only the manifest names this file`,
      {
        next: `If you trust it, name it yourself: KUBECONFIG=${file} lab …`,
      },
    );
  }
};

const parsed = async (file: string): Promise<unknown> => {
  try {
    return parse(await readFile(file, 'utf8'));
  } catch {
    // A parser's message quotes the file, and with it a token.
    throw new LabError('UNAUTHENTICATED', `${file} is not a kubeconfig: it cannot be parsed`);
  }
};
