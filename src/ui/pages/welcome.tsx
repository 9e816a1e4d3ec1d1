import { type FormEvent, useState } from 'react'
import { signIn } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { Field } from '../components/field.tsx'
import { Icon } from '../components/icons.tsx'
import { useTabTitle } from '../components/page.tsx'
import { ProblemNotice } from '../components/problem-notice.tsx'

type Act = 'demo' | 'key'

/** The door: a key of the project, or the demo where it is open. */
export function Welcome({ demo }: { demo: boolean }) {
  const [doing, setDoing] = useState<Act>()
  const [failure, setFailure] = useState<unknown>()
  useTabTitle('Welcome')
  const enter = async (act: Act, request: Parameters<typeof signIn>[0]) => {
    setDoing(act)
    setFailure(undefined)
    await signIn(request).catch(setFailure)
    setDoing(undefined)
  }
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const key = String(new FormData(event.currentTarget).get('key')).trim()
    void key
  }
  return (
    <main className="door">
      <Icon name="quill" />
      <h1>Quill</h1>
      <p className="promise">
        From a transcript to a post, with every sentence traceable to the words it came from.
      </p>
      {demo && (
        <Button look="primary" pending={doing === 'demo'} onClick={() => enter('demo', { kind: 'demo' })}>
          Continue to the demo project
        </Button>
      )}
      <form onSubmit={onSubmit}>
        <Field
          label={demo ? 'Or sign in with an API key' : 'API key'}
          hint="It begins with qk_ and opens the project it was made for."
        >
          {(names) => (
            <input
              {...names}
              name="key"
              type="password"
              autoComplete="current-password"
              spellCheck={false}
              required
            />
          )}
        </Field>
        {failure !== undefined && <ProblemNotice error={failure} />}
        <Button look={demo ? 'plain' : 'primary'} type="submit" pending={doing === 'key'}>
          Sign in
        </Button>
      </form>
      <p className="muted">
        <a href="/docs">API documentation</a>
      </p>
    </main>
  )
}
