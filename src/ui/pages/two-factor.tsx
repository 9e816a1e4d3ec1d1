import { useState } from 'react'
import { Link } from 'wouter'
import { verifySecondFactor } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { given } from '../forms/checks.ts'
import { FormEnd } from '../forms/form-end.tsx'
import { TextField } from '../forms/text-field.tsx'
import { useForm } from '../forms/use-form.ts'
import { DoorPage } from './door/door-page.tsx'

const methods = {
  totp: {
    title: 'Enter your code',
    label: 'Code',
    hint: 'The six digits that your authenticator app shows now.',
    missing: 'Give the code.',
    other: 'Use a recovery code',
  },
  recovery_code: {
    title: 'Enter a recovery code',
    label: 'Recovery code',
    hint: 'One of those that you kept. Each works once.',
    missing: 'Give one of your recovery codes.',
    other: 'Use a code of the app',
  },
} as const

/** The second half of a sign-in. */
export default function TwoFactor() {
  const [method, setMethod] = useState<keyof typeof methods>('totp')
  const change = () => setMethod(method === 'totp' ? 'recovery_code' : 'totp')
  return (
    <DoorPage key={method} title={methods[method].title}>
      <CodeForm method={method} change={change} />
      <p className="door-links">
        <Link href="/sign-in">Begin again</Link>
      </p>
    </DoorPage>
  )
}

function CodeForm({ method, change }: { method: keyof typeof methods; change: () => void }) {
  const { label, hint, missing, other } = methods[method]
  const [trustDevice, setTrustDevice] = useState(false)
  const form = useForm({
    checks: { code: given(missing) },
    blame: { unauthenticated: 'code', invalid_request: 'code' },
    act: ({ code }) => verifySecondFactor({ method, code: code.trim(), trustDevice }),
  })
  return (
    <form {...form.props}>
      <TextField
        form={form}
        name="code"
        label={label}
        hint={hint}
        autoComplete="one-time-code"
        inputMode={method === 'totp' ? 'numeric' : 'text'}
        autoCapitalize="none"
        spellCheck={false}
        maxLength={20}
        data-first
      />
      <label className="check">
        <input
          type="checkbox"
          checked={trustDevice}
          onChange={(event) => setTrustDevice(event.target.checked)}
        />
        Do not ask in this browser for 30 days
      </label>
      <FormEnd
        form={form}
        look="primary"
        beside={
          <Button look="quiet" onClick={change}>
            {other}
          </Button>
        }
      >
        Sign in
      </FormEnd>
    </form>
  )
}
