/** The shape of what is coming; shows itself only when it is slow to come. */
export const Skeleton = ({ lines = 3, look = 'rows' }: { lines?: number; look?: 'rows' | 'text' }) => (
  <div className="skeleton" data-look={look} aria-hidden="true">
    {Array.from({ length: lines }, (_, line) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike
      <span key={line} />
    ))}
  </div>
)
