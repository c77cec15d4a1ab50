import { invalid, notAllowed, required } from '../causes.ts';
import type { KubeObject, Metadata, OwnerReference, Texts } from '../object.ts';
import type { Cause } from '../refusal.ts';
import type { ResourceType } from '../resource-type.ts';

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const qualifiedName = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelValue = '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?';

const matches = (pattern: string, text: string): boolean => new RegExp(`^${pattern}$`).test(text);

const labelSentence = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label}')`;
const subdomainSentence = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`;
const nameSentence = `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualifiedName}')`;
const valueSentence = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${labelValue}')`;

/** What is wrong with the metadata of an object. */
export const metadataViolations = (type: ResourceType, object: KubeObject, before?: KubeObject): readonly Cause[] => [
  ...nameViolations(type, object.metadata.name),
  ...Object.entries(object.metadata.labels ?? {}).flatMap(([key, value]) => [
    ...keyViolations('metadata.labels', key),
    ...labelValueViolations(value),
  ]),
  ...annotationViolations(object.metadata.annotations ?? {}),
  ...ownerViolations(object.metadata.ownerReferences ?? []),
  ...finalizerViolations(object.metadata, before?.metadata),
];

const nameViolations = (type: ResourceType, name: string): readonly Cause[] => {
  const field = 'metadata.name';
  if (name === '') return [required(field, 'name or generateName is required')];
  switch (type.rules.names) {
    case 'path':
      return /[/%]/.test(name) || name === '.' || name === '..'
        ? [invalid(field, name, `may not contain '${/[/%]/.exec(name)?.[0] ?? name}'`)]
        : [];
    case 'label':
      if (name.length > 63) return [invalid(field, name, 'must be no more than 63 bytes')];
      if (matches(label, name)) return [];
      return [invalid(field, name, matches(subdomain, name) ? 'must not contain dots' : labelSentence)];
    case 'subdomain':
      if (name.length > 253) return [invalid(field, name, 'must be no more than 253 bytes')];
      return matches(subdomain, name) ? [] : [invalid(field, name, subdomainSentence)];
  }
};

const keyViolations = (field: string, key: string): readonly Cause[] => {
  const parts = key.split('/');
  const [name = '', prefix] = parts.toReversed();
  if (parts.length > 2)
    return [
      invalid(
        field,
        key,
        `a qualified name ${nameSentence.slice('name part '.length)} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
      ),
    ];
  return [
    ...(prefix === undefined || matches(subdomain, prefix)
      ? []
      : [invalid(field, key, `prefix part ${subdomainSentence}`)]),
    ...(name.length > 63 ? [invalid(field, key, 'name part must be no more than 63 bytes')] : []),
    ...(matches(qualifiedName, name) ? [] : [invalid(field, key, nameSentence)]),
  ];
};

const labelValueViolations = (value: string): readonly Cause[] => {
  if (value.length > 63) return [invalid('metadata.labels', value, 'must be no more than 63 bytes')];
  return matches(labelValue, value) ? [] : [invalid('metadata.labels', value, valueSentence)];
};

const largestAnnotations = 256 * 1024;

const annotationViolations = (annotations: Texts): readonly Cause[] => {
  const field = 'metadata.annotations';
  const size = Object.entries(annotations).reduce((sum, [key, value]) => sum + Buffer.byteLength(key + value), 0);
  const message = `Too long: may not be more than ${largestAnnotations} bytes`;
  return [
    ...Object.keys(annotations).flatMap((key) => keyViolations(field, key.toLowerCase())),
    ...(size > largestAnnotations ? [{ reason: 'FieldValueTooLong', message, field }] : []),
  ];
};

const ownerViolations = (references: readonly OwnerReference[]): readonly Cause[] => {
  const field = 'metadata.ownerReferences';
  const missing = references.flatMap((reference, index) =>
    ['apiVersion', 'kind', 'name', 'uid']
      .filter((member) => !reference[member])
      .map((member) => required(`${field}[${index}].${member}`, 'must not be empty')),
  );
  const controllers = references
    .filter(({ controller }) => controller === true)
    .map(({ kind, name }) => `${kind}/${name}`);
  if (controllers.length < 2) return missing;
  const detail = `Only one reference can have Controller set to true. Found "true" in references for ${controllers.slice(0, 2).join(' and ')}`;
  return [...missing, invalid(field, references, detail)];
};

const standardFinalizers = ['foregroundDeletion', 'orphan', 'kubernetes'];

const finalizerViolations = (metadata: Metadata, before: Metadata | undefined): readonly Cause[] => {
  const field = 'metadata.finalizers';
  const finalizers = metadata.finalizers ?? [];
  const unqualified = finalizers
    .filter((name) => !name.includes('/') && !standardFinalizers.includes(name) && !name.includes('.'))
    .map((name) => invalid(field, name, 'name is neither a standard finalizer name nor is it fully qualified'));
  const added = finalizers.filter((name) => before?.finalizers?.includes(name) !== true);
  if (before?.deletionTimestamp === undefined || added.length === 0) return unqualified;
  const list = `[]string{${added.map((name) => JSON.stringify(name)).join(', ')}}`;
  return [
    ...unqualified,
    notAllowed(field, `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`),
  ];
};
