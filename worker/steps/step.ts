import type { Material, WritingProvider } from '#src/ai/provider.ts'
import type { StepInput, StepName, StepOutput } from '#src/pipelines/steps.ts'

/** What a step may use besides its input. It reads sources and stores nothing. */
export type StepContext = {
  provider: WritingProvider
  material(sourceIds: string[]): Promise<Material[]>
  signal: AbortSignal
  /** Passes text on to whoever watches, as it is written. */
  onText(delta: string): Promise<void>
}

/** One step: input → output. Its schemas stand in src/pipelines/steps.ts. */
export type Step<K extends StepName> = (input: StepInput<K>, context: StepContext) => Promise<StepOutput<K>>
