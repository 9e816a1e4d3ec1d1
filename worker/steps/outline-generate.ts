import type { Step } from './step.ts'

export const outlineGenerate: Step<'outline.generate'> = async ({ sourceIds, options = {} }, context) =>
  context.provider.outline(await context.material(sourceIds), options, context)
