import { immutable, invalid, required, unsupported } from '../causes.ts';
import { elementsOf, type JsonMap, membersOf, textIn, textOf } from '../json.ts';
import type { Cause } from '../refusal.ts';
import type { Rules } from '../resource-type.ts';

/** CustomResourceDefinition: names are completed, versions say which one is stored. */
export const definitionRules: Partial<Rules> = {
  stamp: (object, before) => {
    const spec = membersOf(object['spec']);
    const names = membersOf(spec['names']);
    const kind = textOf(names['kind']) ?? '';
    const singular = textOf(names['singular']) || kind.toLowerCase();
    const listKind = textOf(names['listKind']) || `${kind}List`;
    const stored = elementsOf(spec['versions'])
      .map(membersOf)
      .filter(({ storage }) => storage === true);
    const known = elementsOf(membersOf(before?.['status'])['storedVersions']);
    const storedVersions = [...new Set([...known, ...stored.map(({ name }) => name ?? '')])];
    const status = before === undefined ? noStatus : membersOf(object['status']);
    return {
      ...object,
      spec: { ...spec, names: { ...names, singular, listKind } },
      status: { ...status, storedVersions },
    };
  },
  check: (object, before) => {
    const spec = membersOf(object['spec']);
    const [group, plural] = [textOf(spec['group']) ?? '', textOf(membersOf(spec['names'])['plural']) ?? ''];
    const scope = textIn(spec, 'scope');
    const oldScope = membersOf(before?.['spec'])['scope'];
    const versions = elementsOf(spec['versions']).map(membersOf);
    const { name } = object.metadata;
    return [
      ...(name === `${plural}.${group}`
        ? []
        : [invalid('metadata.name', name, 'must be spec.names.plural+"."+spec.group')]),
      ...(scopes.includes(scope) ? [] : [unsupported('spec.scope', scope, scopes)]),
      ...(oldScope === undefined || oldScope === scope ? [] : [immutable('spec.scope', scope)]),
      ...(versions.filter(({ storage }) => storage === true).length === 1
        ? []
        : [
            invalid(
              'spec.versions',
              versions.map(({ name: version }) => version ?? ''),
              'must have exactly one version marked as storage version',
            ),
          ]),
      ...versions.flatMap(schemaViolations),
    ];
  },
};

const scopes = ['Cluster', 'Namespaced'];
const noStatus: JsonMap = { conditions: null, acceptedNames: { plural: '', kind: '' } };

const schemaViolations = (version: JsonMap, index: number): readonly Cause[] => {
  const field = `spec.versions[${index}].schema.openAPIV3Schema`;
  const schema = membersOf(version['schema'])['openAPIV3Schema'];
  if (schema === undefined) return [required(field)];
  return membersOf(schema)['type'] === 'object'
    ? []
    : [required('spec.validation.openAPIV3Schema.type', 'must not be empty at the root')];
};
