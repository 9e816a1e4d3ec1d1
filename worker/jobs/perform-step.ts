import { providers } from '#src/ai/registry.ts'
import type { RunOptions, StepName } from '#src/pipelines/steps.ts'
import { loadMaterial } from '#src/sources/sources.ts'
import type { Step } from '#worker/steps/step.ts'
import type { JobHandler } from './handler.ts'

/** A job that performs one step with the provider its options name. */
export const performStep =
  <K extends StepName>(step: Step<K>): JobHandler =>
  async (job, input, { db, signal, onText }) => {
    const { options } = input as { options?: RunOptions }
    const output = await step(input as Parameters<Step<K>>[0], {
      provider: providers[options?.provider ?? 'offline'],
      material: (sourceIds) => loadMaterial(db, job.projectId, sourceIds),
      signal,
      onText,
    })
    return { output }
  }
