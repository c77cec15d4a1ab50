/** The part of a schema of OpenAPI 2.0 that Azure's descriptions of answers are made of. */
export interface Described {
  readonly $ref?: string;
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  readonly properties?: Readonly<Record<string, Described>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Described;
  readonly items?: Described;
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
    const target = definitions[described.$ref.replace('#/definitions/', '')];
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

const isAllowed = (described: Described, value: string): boolean =>
  described.enum === undefined || described['x-ms-enum']?.modelAsString === true || described.enum.includes(value);

const objectFaults = (
  { properties = {}, required = [], additionalProperties }: Described,
  value: unknown,
  definitions: Readonly<Record<string, Described>>,
  at: string,
): string[] => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at}: not an object`];
  const lacking = required.filter((name) => !(name in value)).map((name) => `${at}: lacks ${name}`);
  const wrong = Object.entries(value).flatMap(([name, member]) => {
    const known = properties[name] ?? additionalProperties;
    return known === undefined ? [`${at}: knows no ${name}`] : faults(known, member, definitions, `${at}.${name}`);
  });
  return [...lacking, ...wrong];
};
