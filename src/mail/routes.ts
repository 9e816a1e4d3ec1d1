import { Elysia, t } from 'elysia'
import type { AppDeps } from '#src/app-deps.ts'
import { documented } from '#src/documented.ts'
import { notFound } from '#src/errors.ts'
import { isLoopback } from '#src/loopback.ts'
import { type AccessDeps, access } from '#src/projects/access.ts'
import type { KeptMail } from './eml.ts'
import type { MailFolder } from './folder.ts'

const MailSummary = t.Object(
  {
    id: t.String(),
    to: t.String(),
    subject: t.String(),
    sentAt: t.String({ format: 'date-time' }),
  },
  { title: 'MailSummary' },
)

const Mail = t.Object(
  {
    ...MailSummary.properties,
    text: t.String(),
    links: t.Array(t.String(), { description: 'The links it asks to follow.' }),
  },
  { title: 'Mail' },
)

const WHY_OPEN =
  'it answers in development only, to this machine only, where who signs up is not signed in yet'

type Deps = AccessDeps & Pick<AppDeps, 'demo'> & { mailFolder?: MailFolder }

/** The mails of development, for want of somebody to receive them. */
export const mailRoutes = (deps: Deps) => {
  // A page of another site may have made its name point here: the name must be this machine's.
  const folderFor = (request: Request): MailFolder => {
    const isHere = isLoopback(new URL(request.url).hostname)
    if (!deps.demo || !deps.mailFolder || !isHere) throw notFound('mail')
    return deps.mailFolder
  }

  return new Elysia({ name: 'mail', tags: ['Mail'] })
    .use(access(deps))
    .get(
      '/mail',
      async ({ request }) => {
        const mails = await folderFor(request).list()
        return { items: mails.map((mail) => summarize(mail.id, mail)) }
      },
      {
        open: WHY_OPEN,
        ...documented('listMail', 'List the mails of development, newest first', {
          success: { 200: t.Object({ items: t.Array(MailSummary) }) },
          errors: ['not_found'],
          open: true,
        }),
      },
    )
    .get(
      '/mail/:id',
      async ({ request, params }) => {
        const mail = await folderFor(request).read(params.id)
        if (!mail) throw notFound('mail')
        return { ...summarize(params.id, mail), text: mail.text, links: mail.links }
      },
      {
        open: WHY_OPEN,
        params: t.Object({ id: t.String({ description: 'A mail of the list.' }) }),
        ...documented('getMail', 'Get a mail of development with its text', {
          success: { 200: Mail },
          errors: ['not_found'],
          open: true,
        }),
      },
    )
}

const summarize = (id: string, { to, subject, date }: KeptMail) => ({
  id,
  to,
  subject,
  sentAt: date.toISOString(),
})
