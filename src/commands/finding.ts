import { ConfigError } from '#src/env.ts'

/**
 * One line of `quill doctor`: what was looked at, and what is wrong with it, what an operator had better look at though
 * Quill can run, or what is worth knowing of it.
 */
export type Finding = { what: string; problem?: string; warning?: string; detail?: string }

/** What `check` returned, with a finding for each thing it complained of. */
export async function attempt<T>(
  what: string,
  check: () => T | Promise<T>,
): Promise<[findings: Finding[], value: T | undefined]> {
  try {
    return [[{ what }], await check()]
  } catch (error) {
    const problems = error instanceof ConfigError ? error.problems : [(error as Error).message]
    return [problems.map((problem) => ({ what, problem })), undefined]
  }
}
