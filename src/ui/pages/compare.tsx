import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { documentQuery, type SectionComparison, useComparison } from '../api/documents.ts'
import { Badge, type Tone } from '../components/badge.tsx'
import { Button, ButtonLink } from '../components/button.tsx'
import { Page } from '../components/page.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'
import { Skeleton } from '../components/skeleton.tsx'
import type { PageProps } from '../routes.tsx'
import { HunkView, saysOtherwise } from './compare/hunk-view.tsx'
import { RestoreButton } from './document/version-list.tsx'

const words: Record<SectionComparison['status'], { word: string; tone: Tone }> = {
  same: { word: 'Unchanged', tone: 'neutral' },
  edited: { word: 'Edited', tone: 'neutral' },
  added: { word: 'Added', tone: 'good' },
  removed: { word: 'Removed', tone: 'bad' },
}

/** Two versions, section by section: what was added and removed, word by word. */
export default function Compare({ params }: PageProps) {
  const id = params.id!
  const [from, to] = [Number(params.from), Number(params.to)]
  const document = useQuery(documentQuery(id)).data
  const comparison = useComparison(id, from, to)
  return (
    <Page
      title={`Version ${from} compared with ${to}`}
      width="form"
      act={
        <>
          <ButtonLink href={`/documents/${id}`}>Read the newest</ButtonLink>
          <RestoreButton id={id} number={from} />
        </>
      }
    >
      <p className="muted compare-of" dir="auto">
        {document?.title}
      </p>
      {comparison.error && (
        <ProblemNotice
          error={comparison.error}
          act={<Button onClick={() => comparison.refetch()}>Try again</Button>}
        />
      )}
      {comparison.isPending && <Skeleton look="text" lines={9} />}
      {comparison.data && <Summary sections={comparison.data.sections} />}
      {comparison.data?.sections.map((section) => (
        <ComparedSection key={section.id} section={section} />
      ))}
    </Page>
  )
}

function Summary({ sections }: { sections: SectionComparison[] }) {
  const changed = sections.filter((section) => section.status !== 'same' || section.moved).length
  return (
    <p className="notice">
      {changed === 0
        ? 'The two versions say the same.'
        : `${changed} of ${sections.length} sections changed. Added words are underlined, removed ones struck through.`}
    </p>
  )
}

function ComparedSection({ section }: { section: SectionComparison }) {
  const [open, setOpen] = useState(section.status === 'edited')
  const renumbered = section.status === 'edited' && !section.hunks?.some(saysOtherwise)
  const { word, tone } = renumbered
    ? { word: 'Citations renumbered', tone: 'neutral' as const }
    : words[section.status]
  const heading = section.heading || 'Before the first section'
  return (
    <section className="compared" aria-label={heading}>
      <header>
        <h2 className="grow" dir="auto">
          {heading}
        </h2>
        {section.moved && <Badge>Moved</Badge>}
        <Badge tone={tone}>{word}</Badge>
        {section.hunks && !renumbered && (
          <Button look="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Fold' : 'Unfold'}
          </Button>
        )}
      </header>
      {open && !renumbered && (
        <div className="prose">
          {section.hunks
            ?.filter((hunk) => hunk.kind !== 'heading' || saysOtherwise(hunk))
            .map((hunk) => (
              <HunkView key={hunk.id} hunk={hunk} />
            ))}
        </div>
      )}
    </section>
  )
}
