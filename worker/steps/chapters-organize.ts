import type { Step } from './step.ts'

export const chaptersOrganize: Step<'chapters.organize'> = async (
  { sourceIds, outline, options = {} },
  context,
) => ({
  chapters: await context.provider.chapters(outline, await context.material(sourceIds), options, context),
})
