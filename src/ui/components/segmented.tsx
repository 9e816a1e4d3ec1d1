import { useId } from 'react'
import { Icon, type IconName } from './icons.tsx'

type Option<T extends string> = { value: T; label: string; icon?: IconName }

/** One of a few, all in sight: a group of radio buttons. With icons only the icons show. */
export function Segmented<T extends string>({
  label,
  options,
  value,
  onChange,
}: {
  label: string
  options: readonly Option<T>[]
  value: T
  onChange: (value: T) => void
}) {
  const name = useId()
  return (
    <fieldset className="segmented">
      <legend className="visually-hidden">{label}</legend>
      {options.map((option) => (
        <label key={option.value} title={option.icon && option.label}>
          <input
            type="radio"
            name={name}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          {option.icon ? (
            <>
              <Icon name={option.icon} />
              <span className="visually-hidden">{option.label}</span>
            </>
          ) : (
            <span>{option.label}</span>
          )}
        </label>
      ))}
    </fieldset>
  )
}
