import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Described } from './described.ts';

// The API descriptions and the examples of Azure/azure-rest-api-specs. They are not part of this repository; the checks
// run where they are: in the folder that LAB_TEST_SPECS names, or beside the repository.
const root = process.env['LAB_TEST_SPECS'] ?? join(import.meta.dirname, '../../../../shared/specs');

/** What the name of a check says where the descriptions are not at hand. */
export const withoutSpecs = 'checked where LAB_TEST_SPECS names a folder with the API descriptions';

/** Whether the descriptions of a service are at hand. */
export const hasSpecs = (service: string): boolean => existsSync(join(root, 'azure', service, 'openapi.json'));

/** Whether an official example is at hand, also of a service without a description. */
export const hasExample = (service: string, name: string): boolean =>
  existsSync(join(root, 'azure', service, `${name}.json`));

const exampleShape = z.object({
  operationId: z.string().optional(),
  parameters: z.looseObject({
    'secret-name': z.string().optional(),
    'secret-version': z.string().optional(),
    maxresults: z.number().optional(),
    parameters: z.unknown().optional(),
  }),
  responses: z.record(z.string(), z.object({ body: z.unknown().optional() })),
});

const operationShape = z.object({
  operationId: z.string(),
  responses: z.record(z.string(), z.looseObject({ schema: z.custom<Described>().optional() })),
});
const descriptionShape = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.union([operationShape, z.array(z.unknown())]))),
  definitions: z.record(z.string(), z.custom<Described>()),
});

/** One operation of a service, as it is described. */
export interface DescribedOperation {
  readonly path: string;
  readonly method: string;
  readonly responses: z.output<typeof operationShape>['responses'];
}

const read = async <T>(shape: z.ZodType<T>, service: string, file: string): Promise<T> =>
  shape.parse(JSON.parse(await readFile(join(root, 'azure', service, file), 'utf8')));

/** An official example: what is sent, and what comes back by status. */
export const exampleOf = (service: string, name: string) => read(exampleShape, service, `${name}.json`);

/** What a service is described as: its operations by id, and its types. */
export const descriptionOf = async (service: string, file = 'openapi.json') => {
  const { paths, definitions } = await read(descriptionShape, service, file);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, found]): [string, DescribedOperation][] =>
      Array.isArray(found) ? [] : [[found.operationId, { path, method: method.toUpperCase(), ...found }]],
    ),
  );
  return { operations: new Map(operations), definitions };
};

/** Members of an example that an answer lacks, or has with another type. */
export const missing = (example: unknown, answer: unknown, at = ''): string[] => {
  if (typeof example !== typeof answer || Array.isArray(example) !== Array.isArray(answer)) return [at];
  if (typeof example !== 'object' || example === null || typeof answer !== 'object' || answer === null) return [];
  return Object.entries(example).flatMap(([key, value]) =>
    key in answer ? missing(value, Reflect.get(answer, key), `${at}.${key}`) : [`${at}.${key}`],
  );
};
