import type { Step } from './step.ts'

export const sectionWrite: Step<'section.write'> = async ({ sourceIds, chapter, options = {} }, context) =>
  context.provider.section(chapter, await context.material(sourceIds), options, context)
