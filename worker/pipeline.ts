import type { Chapter } from '#src/ai/schemas.ts'
import type { PipelineName } from '#src/pipelines/runs.ts'
import type { RunRow } from '#src/pipelines/schemas.ts'
import type { RunOptions, StepInput, StepName, StepOutput } from '#src/pipelines/steps.ts'

/** What the finished steps of a run made, by step and, where there were several, in the order of their items. */
export type Finished = {
  run: Pick<RunRow, 'documentId' | 'sourceIds'> & { options: RunOptions }
  output<K extends StepName>(step: K): StepOutput<K>
  outputs<K extends StepName>(step: K): StepOutput<K>[]
}

/** One step of a pipeline: for each of its items (one when it has none) the input that it works on. */
type Stage<K extends StepName> = {
  step: K
  items?(finished: Finished): Chapter[]
  input(finished: Finished, item: Chapter): StepInput<K>
}

type AnyStage = { [K in StepName]: Stage<K> }[StepName]

/** From sources to a saved post. Each step begins when every item of the one before it has finished. */
const generateBlog: AnyStage[] = [
  {
    step: 'outline.generate',
    input: ({ run }) => ({ sourceIds: run.sourceIds, options: run.options }),
  },
  {
    step: 'chapters.organize',
    input: ({ run, output }) => ({
      sourceIds: run.sourceIds,
      outline: output('outline.generate'),
      options: run.options,
    }),
  },
  {
    step: 'section.write',
    items: ({ output }) => output('chapters.organize').chapters,
    input: ({ run }, chapter) => ({ sourceIds: run.sourceIds, chapter, options: run.options }),
  },
  {
    step: 'seo.generate',
    input: ({ run, output, outputs }) => ({
      title: output('outline.generate').title,
      language: output('outline.generate').language,
      markdown: outputs('section.write')
        .map((section) => `## ${section.heading}\n\n${section.markdown}`)
        .join('\n\n'),
      options: run.options,
    }),
  },
  {
    step: 'images.prompt',
    input: ({ run, outputs }) => ({ sections: outputs('section.write'), options: run.options }),
  },
  {
    step: 'blog.compose',
    input: ({ run, output, outputs }) => ({
      sourceIds: run.sourceIds,
      title: output('outline.generate').title,
      summary: output('outline.generate').summary,
      sections: outputs('section.write'),
      seo: output('seo.generate'),
      chapters: output('chapters.organize').chapters,
      imagePrompts: output('images.prompt').prompts,
      options: run.options,
    }),
  },
  {
    step: 'document.persist',
    input: ({ run, output }) => ({ documentId: run.documentId, post: output('blog.compose') }),
  },
]

export const pipelineStages: Record<PipelineName, AnyStage[]> = { generate_blog: generateBlog }

/** The input of a run's step, worked out from what the steps before it made. */
export function stepInput(
  pipeline: PipelineName,
  step: string,
  { finished, item }: { finished: Finished; item: Chapter },
) {
  const stage = pipelineStages[pipeline].find((candidate) => candidate.step === step)
  if (!stage) throw new Error(`The pipeline ${pipeline} has no step ${step}.`)
  return stage.input(finished, item)
}

/** The step after `step` and its items, or undefined after the last. */
export function nextStage(pipeline: PipelineName, step: string, finished: Finished) {
  const stages = pipelineStages[pipeline]
  const stage = stages[stages.findIndex((candidate) => candidate.step === step) + 1]
  return stage && { step: stage.step, items: stage.items?.(finished) }
}
