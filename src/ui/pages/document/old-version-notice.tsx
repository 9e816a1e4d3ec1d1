import { ButtonLink } from '../../components/button.tsx'
import { RestoreButton } from './version-list.tsx'

/** Says that what is read is not the newest. */
export const OldVersionNotice = ({ id, number, newest }: { id: string; number: number; newest: number }) => (
  <div className="notice">
    <p>
      You are reading version {number}. The newest is version {newest}.
    </p>
    <div className="acts">
      <ButtonLink href={`/documents/${id}`}>Read the newest</ButtonLink>
      <ButtonLink href={`/documents/${id}/compare/${number}/${newest}`} icon="compare">
        Compare
      </ButtonLink>
      <RestoreButton id={id} number={number} />
    </div>
  </div>
)
