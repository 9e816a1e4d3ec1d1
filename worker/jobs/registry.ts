import type { KindName, ScheduledKind } from '#src/jobs/kinds.ts'
import { blogCompose } from '#worker/steps/blog-compose.ts'
import { chaptersOrganize } from '#worker/steps/chapters-organize.ts'
import { imagesPrompt } from '#worker/steps/images-prompt.ts'
import { outlineGenerate } from '#worker/steps/outline-generate.ts'
import { sectionWrite } from '#worker/steps/section-write.ts'
import { seoGenerate } from '#worker/steps/seo-generate.ts'
import type { JobHandler } from './handler.ts'
import { performStep } from './perform-step.ts'
import { persistDocument } from './persist-document.ts'

/** Who performs each kind of job, but for those of the schedule: they stand in worker/schedules/handlers.ts. */
export const handlers: Record<Exclude<KindName, ScheduledKind>, JobHandler> = {
  'outline.generate': performStep(outlineGenerate),
  'chapters.organize': performStep(chaptersOrganize),
  'section.write': performStep(sectionWrite),
  'seo.generate': performStep(seoGenerate),
  'images.prompt': performStep(imagesPrompt),
  'blog.compose': performStep(blogCompose),
  'document.persist': persistDocument,
}
