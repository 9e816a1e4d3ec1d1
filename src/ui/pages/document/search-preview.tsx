import type { Version } from '../../api/documents.ts'
import { EmptyState } from '../../components/empty-state.tsx'

/** The post as a search engine would show it, from its frontmatter. */
export function SearchPreview({ version }: { version: Version }) {
  const { title, description, slug, keywords } = version.frontmatter
  const { seoTitle } = version.frontmatter as { seoTitle?: unknown }
  const shownTitle = typeof seoTitle === 'string' ? seoTitle : title
  if (!shownTitle && !description)
    return <EmptyState>This version says nothing for search engines.</EmptyState>
  return (
    <div className="search-preview">
      <section aria-label="As a result">
        <p className="address">example.com › {slug}</p>
        <p className="result-title" dir="auto">
          {shownTitle}
        </p>
        <p dir="auto">{description}</p>
      </section>
      <dl>
        <Length name="Title" text={shownTitle} max={60} />
        <Length name="Description" text={description} max={160} />
        {keywords && keywords.length > 0 && (
          <div>
            <dt>Keywords</dt>
            <dd>{keywords.join(', ')}</dd>
          </div>
        )}
      </dl>
    </div>
  )
}

const Length = ({ name, text = '', max }: { name: string; text?: string; max: number }) => (
  <div>
    <dt>{name}</dt>
    <dd className="figure">
      {text.length} of {max} characters
    </dd>
  </div>
)
