import type { Endpoint } from './endpoint.ts';
import { vaultVersion } from './mount-types.ts';
import type { Result } from './result.ts';

/** A mount, with its closing slash, and what it serves. */
export interface Described {
  readonly path: string;
  readonly endpoints: readonly Endpoint[];
}

/** What Vault tells of its API, as an OpenAPI document: here with the words of what is written and no more. */
export const descriptionOf = (mounts: readonly Described[]): Result => ({
  is: 'plain',
  json: {
    openapi: '3.0.2',
    info: {
      title: 'HashiCorp Vault API',
      description: 'HTTP API that gives you full access to Vault. All API routes are prefixed with `/v1/`.',
      version: vaultVersion,
      license: { name: 'Mozilla Public License 2.0', url: 'https://www.mozilla.org/en-US/MPL/2.0' },
    },
    paths: Object.fromEntries(
      mounts.flatMap(({ path, endpoints }) =>
        endpoints.map((endpoint) => [`/${path}${templateOf(endpoint.pattern)}`, operationsOf(endpoint)]),
      ),
    ),
    components: { schemas: {} },
  },
});

const operationsOf = ({ methods, fields, knows }: Endpoint): object => {
  const properties = Object.fromEntries(fields.map((field) => [field, {}]));
  const takesAll = knows === undefined && fields.length === 0;
  const schema = { type: 'object', properties, ...(takesAll ? { additionalProperties: true } : {}) };
  const writing = { requestBody: { content: { 'application/json': { schema } } } };
  return {
    ...(methods.has('read') || methods.has('list') ? { get: {} } : {}),
    ...(methods.has('update') ? { post: writing } : {}),
    ...(methods.has('patch') ? { patch: writing } : {}),
    ...(methods.has('delete') ? { delete: {} } : {}),
  };
};

/** A pattern as a path with names in braces: `^role/(\w+)$` is `role/{name}`. */
const templateOf = ({ source }: RegExp): string => {
  let [template, depth] = ['', 0];
  for (const letter of source.replaceAll('\\/', '/').replaceAll(/^\^|\/\?\$$|\$$/g, '')) {
    if (letter === '(' && depth++ === 0) template += '{name}';
    else if (letter === ')') depth -= 1;
    else if (depth === 0) template += letter;
  }
  return template;
};
