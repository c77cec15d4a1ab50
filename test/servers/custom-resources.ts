import { readFile } from 'node:fs/promises';
import type { CallApi } from './api-request.ts';
import { waitFor } from './wait.ts';

const collection = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Applies a file of CustomResourceDefinitions and waits until the API server serves them all. */
export async function installCustomResources(call: CallApi, file: string): Promise<void> {
  const documents = (await readFile(file, 'utf8')).split(/^---$/m).filter((text) => text.trim() !== '');
  const names = documents.map(nameOf);
  await Promise.all(documents.map((document, index) => apply(call, names[index] ?? '', document)));
  await waitFor({
    what: `${names.length} custom resource definitions to be established`,
    until: async () => {
      const established = await establishedNames(call);
      return names.every((name) => established.has(name));
    },
    seconds: 60,
  });
}

async function apply(call: CallApi, name: string, document: string): Promise<void> {
  const answer = await call({
    method: 'PATCH',
    path: `${collection}/${name}?fieldManager=lab-test&force=true`,
    contentType: 'application/apply-patch+yaml',
    body: document,
  });
  if (answer.status >= 300) throw new Error(`could not apply the definition ${name}: ${answer.status} ${answer.body}`);
}

/** The name in a definition's own metadata, found by its indentation: the files are large and machine-written. */
function nameOf(document: string): string {
  const [, name] = /^metadata:\n(?: {2}.*\n)*? {2}name: (\S+)$/m.exec(document) ?? [];
  if (name === undefined) throw new Error(`a definition has no name: ${document.slice(0, 200)}`);
  return name;
}

type Definitions = {
  items: { metadata: { name: string }; status?: { conditions?: { type: string; status: string }[] } }[];
};

async function establishedNames(call: CallApi): Promise<Set<string>> {
  const { body } = await call({ method: 'GET', path: collection });
  const { items }: Definitions = JSON.parse(body);
  const established = items.filter(({ status }) =>
    status?.conditions?.some((condition) => condition.type === 'Established' && condition.status === 'True'),
  );
  return new Set(established.map(({ metadata }) => metadata.name));
}
