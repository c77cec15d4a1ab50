import { z } from 'zod';

// Grammars of names that are checked offline. Kubernetes: RFC 1123 labels (63) and subdomains (253).

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const subdomain = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const dataKey = /^(?!\.\.?$)[-._a-zA-Z0-9]{1,253}$/;
// One path in Vault's API: no empty part, no part that a URL would take for a relative one, no wildcard.
const path = /^(?!.*(^|\/)\.\.?(\/|$))[^\s/*+]+(\/[^\s/*+]+)*$/;

/** Whether text can name a Kubernetes object. */
export const isObjectName = (text: string): boolean => subdomain.test(text);

/** Whether text can be a key of a Kubernetes Secret or ConfigMap. */
export const isDataKey = (text: string): boolean => dataKey.test(text);

/** Whether text can be a path in Vault. */
export const isVaultPath = (text: string): boolean => path.test(text);

/** The name of a manifest, an environment, a store: also part of file names and marks. */
export const labName = () => z.string().regex(label, 'is no name; use lower-case letters, digits and "-", at most 63');

/** The name of a namespace. */
export const namespaceName = () =>
  z.string().regex(label, 'is no name of a namespace; use lower-case letters, digits and "-", at most 63');

/** The name of an object in Kubernetes. */
export const objectName = () =>
  z.string().regex(subdomain, 'is no Kubernetes name; use lower-case letters, digits, "-" and ".", at most 253');

/** A key of a Kubernetes Secret or ConfigMap. */
export const dataKeyName = () =>
  z.string().regex(dataKey, 'is no key of a Kubernetes Secret; use letters, digits, "-", "_" and "."');

/** A mount path or a role's name in Vault. */
export const vaultPath = () =>
  z.string().regex(path, 'is no path in Vault; write it without "/" at either end, without spaces, "*" and "+"');

/** `NAMESPACE/NAME` as it stands. */
export const namespacedKey = () => z.string().refine(isNamespaced, 'is not NAMESPACE/NAME of a Kubernetes object');

/** `NAMESPACE/NAME`, taken apart. */
export const namespaced = () => namespacedKey().transform(splitNamespaced);

/** An object in a namespace. */
export interface Namespaced {
  readonly namespace: string;
  readonly name: string;
}

/** Takes `NAMESPACE/NAME` apart. */
export const splitNamespaced = (text: string): Namespaced => {
  const slash = text.indexOf('/');
  return { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
};

const isNamespaced = (text: string): boolean => {
  const { namespace, name } = splitNamespaced(text);
  return text.includes('/') && label.test(namespace) && subdomain.test(name);
};
