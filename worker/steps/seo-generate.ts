import type { Step } from './step.ts'

export const seoGenerate: Step<'seo.generate'> = ({ title, markdown, language = 'en' }, context) =>
  context.provider.seo({ title, markdown, language }, context)
