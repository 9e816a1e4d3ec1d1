import { offline } from './offline/offline.ts'
import type { WritingProvider } from './provider.ts'

/** Every writer by its name. One more is one file and one line here. */
export const providers = { offline } as const satisfies Record<string, WritingProvider>

export type ProviderName = keyof typeof providers

export const providerNames = Object.keys(providers) as ProviderName[]
