import type { Ref } from 'react'
import type { RunOptions } from '../../api/runs.ts'
import { Field } from '../../components/field.tsx'
import { Segmented } from '../../components/segmented.tsx'

export type PostOptions = { title: string; sections: string; words: string; tone: Tone }
type Tone = NonNullable<RunOptions['tone']>

const tones: { value: Tone; label: string }[] = [
  { value: 'neutral', label: 'Neutral' },
  { value: 'friendly', label: 'Friendly' },
  { value: 'formal', label: 'Formal' },
  { value: 'technical', label: 'Technical' },
]

export const defaultOptions: PostOptions = { title: '', sections: '', words: '', tone: 'neutral' }

/** How the post should be. Everything may stay as it is. */
export function PostOptionFields({
  ref,
  options,
  onChange,
}: {
  ref: Ref<HTMLFieldSetElement>
  options: PostOptions
  onChange: (options: PostOptions) => void
}) {
  const set = (change: Partial<PostOptions>) => onChange({ ...options, ...change })
  return (
    <fieldset ref={ref} className="options">
      <legend>The post</legend>
      <Field label="Title" hint="Left empty, the writer chooses one.">
        {(names) => (
          <input
            {...names}
            maxLength={200}
            dir="auto"
            value={options.title}
            onChange={(event) => set({ title: event.target.value })}
          />
        )}
      </Field>
      <div className="options-row">
        <Field label="Sections" hint="1 to 40; empty: as many as fit.">
          {(names) => (
            <input
              {...names}
              type="number"
              inputMode="numeric"
              min={1}
              max={40}
              value={options.sections}
              onChange={(event) => set({ sections: event.target.value })}
            />
          )}
        </Field>
        <Field label="Words" hint="100 to 20,000; empty: as the sources allow.">
          {(names) => (
            <input
              {...names}
              type="number"
              inputMode="numeric"
              min={100}
              max={20_000}
              value={options.words}
              onChange={(event) => set({ words: event.target.value })}
            />
          )}
        </Field>
      </div>
      <div className="field">
        <p className="label" aria-hidden="true">
          Tone
        </p>
        <Segmented label="Tone" options={tones} value={options.tone} onChange={(tone) => set({ tone })} />
      </div>
    </fieldset>
  )
}

/** Whether every field may be sent; the browser says at the first one that may not why it is so. */
export const areValid = (fields: HTMLFieldSetElement) =>
  Array.from(fields.elements).every((field) => !(field instanceof HTMLInputElement) || field.reportValidity())

/** The options as the API takes them: what was left empty is left to it. */
export function runOptions({ title, sections, words, tone }: PostOptions): RunOptions {
  return {
    tone,
    ...(title.trim() ? { title: title.trim() } : {}),
    ...(sections ? { sections: Number(sections) } : {}),
    ...(words ? { words: Number(words) } : {}),
  }
}
