import { z } from 'zod';

// Names of resources and the one spelling of locations. Source: "Naming rules and restrictions for Azure resources".

/** `East US` and `eastus` are one place. */
export const location = () =>
  z
    .string()
    .regex(/^[a-z][a-z0-9 ]*$/i, 'is no location of Azure; write westeurope')
    .transform((text) => text.toLowerCase().replaceAll(' ', ''));

/** The name of a resource group. */
export const groupName = () =>
  z
    .string()
    .regex(
      /^[-\w.()]{0,89}[-\w()]$/,
      'is no name of a resource group; use letters, digits and - _ . ( ), no "." at the end',
    );
