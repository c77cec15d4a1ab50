import { type Ask, apply, until } from '../api.ts';

/** The collection of CustomResourceDefinitions. */
export const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

const text = { type: 'string' };

const spec = {
  type: 'object',
  required: ['size'],
  properties: {
    size: { type: 'integer', minimum: 1, maximum: 10 },
    color: { type: 'string', enum: ['red', 'blue'], default: 'red' },
    name: { type: 'string', pattern: '^a+$', maxLength: 3, minLength: 2 },
    nested: {
      type: 'object',
      default: {},
      properties: { x: { type: 'string', default: 'dx' }, y: { type: 'boolean' } },
    },
    optional: { type: 'object', properties: { x: { type: 'string', default: 'dx' }, y: { type: 'boolean' } } },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    map: { type: 'object', additionalProperties: text },
    maps: {
      type: 'object',
      additionalProperties: { type: 'object', properties: { a: { type: 'string', default: 'A' }, b: text } },
    },
    list: { type: 'array', items: text },
    set: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
    keyed: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name'],
        properties: { name: text, v: { type: 'string', default: 'dv' }, w: text },
      },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
    },
    atomic: { type: 'object', 'x-kubernetes-map-type': 'atomic', properties: { a: text, b: text } },
    either: { 'x-kubernetes-int-or-string': true },
    one: { type: 'object', maxProperties: 1, minProperties: 1, properties: { a: text, b: text } },
  },
};

const status = {
  type: 'object',
  properties: {
    ready: { type: 'boolean' },
    conditions: { type: 'array', items: { type: 'object', properties: { type: text, status: text } } },
  },
};

/** A definition that has one of everything; `more` replaces parts of its spec. */
export const widgetDefinition = (group: string, more: object = {}) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `widgets.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: 'object', properties: { spec, status } } },
      },
    ],
    ...more,
  },
});

/** Installs it and waits until its objects can be written. */
export const installWidgets = async (ask: Ask, look: Ask, group: string): Promise<void> => {
  await apply(ask, `${definitions}/widgets.${group}`, widgetDefinition(group));
  await until(look, `/apis/${group}/v1/widgets`, ({ status: code }) => code === 200);
  // The API server serves reads a moment before it serves writes.
  await until(look, `${definitions}/widgets.${group}`, ({ body }) =>
    JSON.stringify(body).includes('InitialNamesAccepted'),
  );
  await new Promise((resolve) => setTimeout(resolve, 1000));
};
