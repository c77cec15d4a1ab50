/** The part of a schema of OpenAPI 2.0 that Azure's descriptions of answers are made of. */
export interface Described {
  readonly $ref?: string;
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  readonly properties?: Readonly<Record<string, Described>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Described;
  readonly items?: Described;
  readonly allOf?: readonly Described[];
  readonly enum?: readonly string[];
  readonly 'x-ms-enum'?: { readonly modelAsString?: boolean };
}

/** Where a value is not as described, members that the description does not know included; [] if nowhere. */
export const faults = (
  described: Described,
  value: unknown,
  definitions: Readonly<Record<string, Described>>,
  at = '$',
): string[] => {
  if (described.$ref !== undefined) {
    const target = common(described.$ref) ?? definitions[described.$ref.replace('#/definitions/', '')];
    return target === undefined ? [`${at}: no ${described.$ref}`] : faults(target, value, definitions, at);
  }
  // The service itself writes null for what is not there: `nextLink`, `innererror`.
  if (value === null) return [];
  const { type } = described;
  if (type === undefined || type === 'object') return objectFaults(described, value, definitions, at);
  switch (type) {
    case 'string':
      return typeof value === 'string' && isAllowed(described, value) ? [] : [`${at}: ${JSON.stringify(value)}`];
    case 'integer':
      return Number.isInteger(value) ? [] : [`${at}: not an integer`];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${at}: not a boolean`];
    case 'array':
      if (!Array.isArray(value)) return [`${at}: not a list`];
      return value.flatMap((item, index) => faults(described.items ?? {}, item, definitions, `${at}[${index}]`));
  }
};

/** A type with what it takes over from others. */
const whole = (described: Described, definitions: Readonly<Record<string, Described>>): Described => {
  const parts = (described.allOf ?? []).map((part) => {
    const target = part.$ref === undefined ? part : (common(part.$ref) ?? definitions[part.$ref.slice(14)] ?? {});
    return whole(target, definitions);
  });
  return [...parts, described].reduce((all, part) => ({
    ...all,
    ...part,
    properties: { ...all.properties, ...part.properties },
    required: [...(all.required ?? []), ...(part.required ?? [])],
  }));
};

const text: Described = { type: 'string' };
const tags: Described = { type: 'object', additionalProperties: text };
const systemData: Described = {
  properties: { createdBy: text, createdByType: text, createdAt: text, lastModifiedAt: text },
};

/** Types that every service of ARM shares; their description is not among those at hand. */
const common = (ref: string): Described | undefined => {
  const resource = { properties: { id: text, name: text, type: text, systemData } };
  switch (/common-types.*#\/definitions\/(\w+)$/.exec(ref)?.[1] ?? '') {
    case 'Resource':
    case 'ProxyResource':
      return resource;
    case 'TrackedResource':
      return { properties: { ...resource.properties, tags, location: text }, required: ['location'] };
    default:
      return undefined;
  }
};

const isAllowed = (described: Described, value: string): boolean =>
  described.enum === undefined || described['x-ms-enum']?.modelAsString === true || described.enum.includes(value);

const objectFaults = (
  described: Described,
  value: unknown,
  definitions: Readonly<Record<string, Described>>,
  at: string,
): string[] => {
  const { properties = {}, required = [], additionalProperties } = whole(described, definitions);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at}: not an object`];
  const lacking = required.filter((name) => !(name in value)).map((name) => `${at}: lacks ${name}`);
  const wrong = Object.entries(value).flatMap(([name, member]) => {
    const known = properties[name] ?? additionalProperties;
    return known === undefined ? [`${at}: knows no ${name}`] : faults(known, member, definitions, `${at}.${name}`);
  });
  return [...lacking, ...wrong];
};
