import type { StepName } from '#src/pipelines/steps.ts'
import { blogCompose } from '../steps/blog-compose.ts'
import { chaptersOrganize } from '../steps/chapters-organize.ts'
import { imagesPrompt } from '../steps/images-prompt.ts'
import { outlineGenerate } from '../steps/outline-generate.ts'
import { sectionWrite } from '../steps/section-write.ts'
import { seoGenerate } from '../steps/seo-generate.ts'
import type { JobHandler } from './handler.ts'
import { performStep } from './perform-step.ts'
import { persistDocument } from './persist-document.ts'

/** Who performs each kind of job. */
export const handlers: Record<StepName, JobHandler> = {
  'outline.generate': performStep(outlineGenerate),
  'chapters.organize': performStep(chaptersOrganize),
  'section.write': performStep(sectionWrite),
  'seo.generate': performStep(seoGenerate),
  'images.prompt': performStep(imagesPrompt),
  'blog.compose': performStep(blogCompose),
  'document.persist': persistDocument,
}
