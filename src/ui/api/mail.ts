import { useQuery } from '@tanstack/react-query'
import { api, type Data, read } from './client.ts'

export type MailSummary = Data<typeof api.mail.get>['items'][number]
export type Mail = Data<ReturnType<typeof api.mail>['get']>

/** The mails of development, newest first; asked for anew whenever the page is opened. */
export const useMails = () =>
  useQuery({
    queryKey: ['mails'],
    queryFn: async () => (await read(api.mail.get())).items,
    staleTime: 0,
  })

export const useMail = (id: string) =>
  useQuery({
    queryKey: ['mail', id],
    queryFn: () => read(api.mail({ id }).get()),
    staleTime: Number.POSITIVE_INFINITY,
  })
