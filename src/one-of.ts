import { t } from 'elysia'

/** A schema for one of several names; unlike Elysia's own, it does not take the first of them for a default. */
export const oneOf = <const Name extends string>(
  names: readonly Name[],
  options: { description?: string } = {},
) => t.UnionEnum(names as readonly [Name, ...Name[]], { ...options, default: undefined })
