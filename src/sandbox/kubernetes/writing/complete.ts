import { filledIn, throughStruct } from '../built-in/normalise.ts';
import { immutable } from '../causes.ts';
import { asObject, type KubeObject } from '../object.ts';
import { refuseInvalid } from '../refusal.ts';
import type { ResourceType } from '../resource-type.ts';
import { withDefaults } from '../schema/defaults.ts';
import { violations } from '../schema/validate.ts';
import { metadataViolations } from './metadata-violations.ts';

/** What the server makes of an object before it looks who owns what: defaults, and whatever else the type does. */
export const completed = (type: ResourceType, object: KubeObject): KubeObject => {
  const plain = type.custom ? object : asObject(throughStruct(type.schema, object));
  const whole = withDefaults(type.schema, filledIn(type.blank, plain));
  return type.rules.prepare(asObject(whole));
};

/** Refuses with 422 what the type does not allow. */
export const checkObject = (type: ResourceType, object: KubeObject, before?: KubeObject): void => {
  const { uid, name } = object.metadata;
  refuseInvalid({ ...type, name }, [
    ...metadataViolations(type, object, before),
    ...(before !== undefined && uid !== before.metadata.uid ? [immutable('metadata.uid', uid ?? '')] : []),
    ...(type.custom ? violations(type.schema, object) : type.rules.check(object, before)),
  ]);
};
