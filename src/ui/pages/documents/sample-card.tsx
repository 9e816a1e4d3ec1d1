import { useState } from 'react'
import { useLocation } from 'wouter'
import { createDocument } from '../../api/documents.ts'
import { startRun } from '../../api/runs.ts'
import type { Source } from '../../api/sources.ts'
import { Button } from '../../components/button.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'

/** One press from an empty project to a finished post. */
export function SampleCard({ source }: { source: Source }) {
  const [, navigate] = useLocation()
  const [pending, setPending] = useState(false)
  const [failure, setFailure] = useState<unknown>()
  const write = async () => {
    setPending(true)
    setFailure(undefined)
    try {
      const { id } = await createDocument({ sourceIds: [source.id] })
      await startRun(id, {})
      navigate(`/documents/${id}`)
    } catch (error) {
      setFailure(error)
      setPending(false)
    }
  }
  return (
    <section className="card sample" aria-label="Sample">
      <p className="muted">There is no document yet. A sample talk is here to try with.</p>
      <h2 className="sample-title" dir="auto">
        {source.title}
      </h2>
      <p className="muted">A talk of {source.words.toLocaleString('en')} words, with speakers and times.</p>
      {failure !== undefined && <ProblemNotice error={failure} />}
      <Button look="primary" pending={pending} onClick={write}>
        Write a post from the sample talk
      </Button>
    </section>
  )
}
