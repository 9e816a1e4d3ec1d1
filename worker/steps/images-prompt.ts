import type { Step } from './step.ts'

export const imagesPrompt: Step<'images.prompt'> = async ({ sections }, context) => ({
  prompts: await context.provider.imagePrompts(sections, context),
})
