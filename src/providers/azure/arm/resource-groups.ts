import { z } from 'zod';
import { type Arm, answered } from './arm.ts';
import { isGone } from './refusal.ts';
import { untilShown } from './until.ts';

const version = '2025-04-01';

const group = z.object({
  id: z.string(),
  location: z.string().transform((text) => text.toLowerCase().replaceAll(' ', '')),
  tags: z
    .record(z.string(), z.string())
    .nullish()
    .transform((tags) => tags ?? {}),
});
const resources = z.object({ value: z.array(z.object({ name: z.string(), type: z.string() })) });

/** A resource group as it is. */
export type Group = z.output<typeof group>;

const pathOf = (name: string): string => `/resourceGroups/${encodeURIComponent(name)}`;

const absent = { value: undefined };

/** Undefined if it is not there. */
export const readGroup = (arm: Arm, name: string): Promise<Group | undefined> =>
  arm.rest<Group | undefined>(
    { method: 'GET', path: pathOf(name), version },
    answered(group).transform(({ body }) => body),
    (failure) => (isGone(failure) ? absent : undefined),
  );

/** Makes it. */
export const createGroup = async (arm: Arm, name: string, body: { location: string; tags: object }): Promise<void> => {
  await arm.rest({ method: 'PUT', path: pathOf(name), version, body }, answered(group));
};

/** Sets all its tags. */
export const tagGroup = async (arm: Arm, name: string, tags: object): Promise<void> => {
  await arm.rest({ method: 'PATCH', path: pathOf(name), version, body: { tags } }, answered(group));
};

/** What is in it: `Microsoft.KeyVault/vaults illm-k8s-lab-kv`. The first page is enough to know whether anything is. */
export const contentsOf = async (arm: Arm, name: string): Promise<readonly string[]> =>
  arm.rest<readonly string[]>(
    { method: 'GET', path: `${pathOf(name)}/resources`, version },
    answered(resources).transform(({ body }) => body.value.map((one) => `${one.type} ${one.name}`)),
    (failure) => (isGone(failure) ? { value: [] } : undefined),
  );

/** Deletes it with all that is in it; absent already is success. Answers when it is gone, which takes minutes. */
export const removeGroup = async (arm: Arm, name: string): Promise<void> => {
  const begun = await arm.rest<{ status: number; location?: string | undefined } | undefined>(
    { method: 'DELETE', path: pathOf(name), version },
    answered(z.unknown()),
    (failure) => (isGone(failure) ? absent : undefined),
  );
  const at = begun?.status === 202 ? begun.location : undefined;
  if (at === undefined) return;
  await untilShown(`the deletion of the resource group ${name}`, { stopping: arm.stopping, seconds: 900 }, async () => {
    const { status } = await arm.rest(
      { method: 'GET', path: pathOf(name), version, at },
      answered(z.unknown()),
      // The operation itself may be forgotten once it has ended.
      (failure) => (isGone(failure) ? { value: { status: 200, body: undefined } } : undefined),
    );
    return status === 202 ? undefined : true;
  });
};
