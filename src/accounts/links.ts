import type { Env } from '#src/env.ts'

/**
 * The addresses of pages that mails lead to. They begin with PUBLIC_URL, never with what a request says of its host,
 * and carry their token behind the `#`, which browsers send to nobody.
 */
export const links = ({ publicUrl }: Pick<Env, 'publicUrl'>) => ({
  confirm: (token: string) => `${publicUrl}/confirm#${token}`,
  reset: (token: string) => `${publicUrl}/reset-password#${token}`,
  invitation: (token: string) => `${publicUrl}/invitation#${token}`,
  forgotten: () => `${publicUrl}/forgot-password`,
  account: () => `${publicUrl}/account`,
  apiKeys: () => `${publicUrl}/account/api-keys`,
})
