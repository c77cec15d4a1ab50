import type { KubeObject } from '../../src/sandbox/kubernetes/object.ts';

const plural = 'passwords';
const group = 'generators.external-secrets.io';

/** A custom type that the tests of kubernetes.object use and that the sandbox has no other use for. */
export const passwordDefinition: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural, kind: 'Password' },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['allowRepeat', 'length', 'noUpper'],
                properties: {
                  length: { type: 'integer', default: 24 },
                  digits: { type: 'integer' },
                  symbols: { type: 'integer' },
                  symbolCharacters: { type: 'string' },
                  noUpper: { type: 'boolean', default: false },
                  allowRepeat: { type: 'boolean', default: false },
                },
              },
            },
          },
        },
      },
    ],
  },
};
