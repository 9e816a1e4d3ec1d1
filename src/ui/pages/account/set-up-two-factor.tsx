import { lazy, Suspense, useState } from 'react'
import { type Account, beginTwoFactor, confirmTwoFactor, type NewSecondFactor } from '../../api/account.ts'
import { given } from '../../forms/checks.ts'
import { PasswordField, TextField } from '../../forms/text-field.tsx'
import { useForm } from '../../forms/use-form.ts'
import { AccountForm } from './account-form.tsx'

const QrCode = lazy(() => import('./qr-code.tsx'))

type Props = { account: Account; onCancel: () => void; onDone: (recoveryCodes: string[]) => void }

/** The password, then the app, then a first code of it: only that turns the second factor on. */
export function SetUpTwoFactor({ account, onCancel, onDone }: Props) {
  const [begun, setBegun] = useState<NewSecondFactor>()
  const form = useForm({
    checks: { password: given('Give your password.') },
    blame: { forbidden: 'password' },
    act: async ({ password }) => setBegun(await beginTwoFactor(password)),
  })
  if (begun) return <FirstCode begun={begun} onCancel={onCancel} onDone={onDone} />
  return (
    <AccountForm form={form} act="Go on" email={account.email} onCancel={onCancel}>
      <PasswordField form={form} name="password" label="Password" kind="current" />
    </AccountForm>
  )
}

function FirstCode({ begun, onCancel, onDone }: Omit<Props, 'account'> & { begun: NewSecondFactor }) {
  const form = useForm({
    checks: { code: given('Give the six digits that the app shows.') },
    blame: { unauthenticated: 'code', invalid_request: 'code' },
    act: async ({ code }) => {
      await confirmTwoFactor(code.trim())
      onDone(begun.recoveryCodes)
    },
  })
  return (
    <AccountForm form={form} act="Turn on" onCancel={onCancel}>
      <div className="authenticator">
        <Suspense fallback={<div className="qr" />}>
          <QrCode text={begun.uri} label="QR code for the authenticator app" />
        </Suspense>
        <div>
          <p>
            Scan this with your authenticator app, <a href={begun.uri}>open it in the app</a>, or type this
            key into it:
          </p>
          <code className="secret">{inFours(begun.secret)}</code>
        </div>
      </div>
      <TextField
        form={form}
        name="code"
        label="Code"
        hint="The six digits that the app shows now."
        autoComplete="one-time-code"
        inputMode="numeric"
        maxLength={10}
        autoFocus
      />
    </AccountForm>
  )
}

const inFours = (text: string) => text.replace(/.{4}(?=.)/g, '$& ')
