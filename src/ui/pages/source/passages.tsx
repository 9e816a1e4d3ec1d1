import type { Passage } from '../../api/sources.ts'

/** Passages in reading order; heading and speaker are named where they change, the source's own title is not. */
export const Passages = ({
  title,
  passages,
  marked,
}: {
  title: string
  passages: Passage[]
  marked: string
}) => (
  <div className="passages">
    {passages.map((passage, index) => {
      const before = passages[index - 1]
      const heading = passage.heading !== before?.heading && passage.heading !== title && passage.heading
      const speaker = (heading || passage.speaker !== before?.speaker) && passage.speaker
      return (
        <article key={passage.id} id={passage.id} data-marked={passage.id === marked || undefined}>
          {heading && <h2 dir="auto">{heading}</h2>}
          <p className="who">
            {speaker && <b dir="auto">{speaker}</b>}
            {passage.time && (
              <a className="figure" href={`#${passage.id}`}>
                {passage.time}
              </a>
            )}
          </p>
          <p dir="auto">{passage.text}</p>
        </article>
      )
    })}
  </div>
)
