import type { OwnObjects } from '../../engine/ports.ts';

/** The same objects with something around each call. */
export const around = (
  objects: OwnObjects,
  wrap: <Result>(call: () => Promise<Result>) => Promise<Result>,
): OwnObjects => ({
  get: (ref) => wrap(() => objects.get(ref)),
  list: (namespace, labels) => wrap(() => objects.list(namespace, labels)),
  create: (object) => wrap(() => objects.create(object)),
  replace: (object) => wrap(() => objects.replace(object)),
  remove: (ref) => wrap(() => objects.remove(ref)),
});
