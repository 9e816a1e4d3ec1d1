import { Link } from 'wouter'
import { Problem } from '../api/client.ts'
import { type Mail, type MailSummary, useMail, useMails } from '../api/mail.ts'
import { Button, ButtonLink } from '../components/button.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { Icon } from '../components/icons.tsx'
import { Page } from '../components/page.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { Skeleton } from '../components/skeleton.tsx'
import { Moment } from '../components/time.tsx'
import type { PageProps } from '../routes.tsx'

/** The mails that development keeps instead of sending them: all of them, or the one that the address names. */
export default function MailPage({ params }: PageProps) {
  return params.id ? <OneMail id={params.id} /> : <AllMails />
}

function AllMails() {
  const mails = useMails()
  if (isMissing(mails.error)) return <Missing title="No mails are kept here" />
  return (
    <Page
      title="Mail"
      act={
        <Button pending={mails.isFetching} onClick={() => mails.refetch()}>
          Load again
        </Button>
      }
    >
      {mails.error && (
        <ProblemNotice error={mails.error} act={<Button onClick={() => mails.refetch()}>Try again</Button>} />
      )}
      {!mails.data && !mails.error && <Skeleton lines={6} />}
      {mails.data?.length === 0 && (
        <EmptyState>Invitations and other mails will stand here, as no mail server is set up.</EmptyState>
      )}
      {mails.data && mails.data.length > 0 && (
        <ul className="rows">
          {mails.data.map((mail) => (
            <MailRow key={mail.id} mail={mail} />
          ))}
        </ul>
      )}
    </Page>
  )
}

const MailRow = ({ mail }: { mail: MailSummary }) => (
  <li className="row">
    <div className="row-main">
      <Link href={`/mail/${mail.id}`} className="row-title" dir="auto">
        {mail.subject}
      </Link>
      <p className="muted">
        To {mail.to} · <Moment at={mail.sentAt} />
      </p>
    </div>
  </li>
)

function OneMail({ id }: { id: string }) {
  const mail = useMail(id)
  if (isMissing(mail.error)) return <Missing title="This mail is not here" />
  return (
    <Page title={mail.data?.subject ?? 'Mail'} width="form">
      {mail.error && (
        <ProblemNotice error={mail.error} act={<Button onClick={() => mail.refetch()}>Try again</Button>} />
      )}
      {!mail.data && !mail.error && <Skeleton look="text" lines={6} />}
      {mail.data && <MailView mail={mail.data} />}
    </Page>
  )
}

const MailView = ({ mail }: { mail: Mail }) => (
  <>
    <p className="source-facts muted">
      <Link href="/mail">
        <Icon name="left" /> Mail
      </Link>
      <span>
        To {mail.to} · <Moment at={mail.sentAt} />
      </span>
    </p>
    <div className="prose">
      {mail.text.split('\n\n').map((paragraph, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a mail never changes
        <p key={index} dir="auto">
          {paragraph.split('\n').map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <Line key={index} line={line} isLink={mail.links.includes(line)} />
          ))}
        </p>
      ))}
    </div>
  </>
)

const Line = ({ line, isLink }: { line: string; isLink: boolean }) => (
  <>
    {isLink ? <a href={line}>{line}</a> : line}
    <br />
  </>
)

const isMissing = (error: Error | null) => error instanceof Problem && error.status === 404

const Missing = ({ title }: { title: string }) => (
  <Page title={title}>
    <EmptyState
      act={
        <ButtonLink look="primary" href="/">
          Go to documents
        </ButtonLink>
      }
    >
      Mails are shown in development only, on this machine, and the oldest are dropped.
    </EmptyState>
  </Page>
)
