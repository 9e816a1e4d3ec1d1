import { useState } from 'react'
import { type Account, disableTwoFactor, makeRecoveryCodes, settle } from '../../api/account.ts'
import { toast } from '../../components/toasts.tsx'
import { given } from '../../forms/checks.ts'
import { PasswordField } from '../../forms/text-field.tsx'
import { useForm } from '../../forms/use-form.ts'
import { AccountForm } from './account-form.tsx'
import { Changeable } from './changeable.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'
import { Section } from './section.tsx'
import { SetUpTwoFactor } from './set-up-two-factor.tsx'

type FormProps = { account: Account; close: () => void }
type WithCodes = FormProps & { onCodes: (codes: string[]) => void }

/** The second factor. Recovery codes stand here, over everything else, until they are said to be saved. */
export function TwoFactor({ account }: { account: Account }) {
  const [codes, setCodes] = useState<string[]>()
  const onSaved = () => {
    setCodes(undefined)
    void settle()
  }
  return (
    <Section title="Two-factor sign-in">
      {codes ? (
        <RecoveryCodes codes={codes} onSaved={onSaved} />
      ) : account.twoFactor ? (
        <TurnedOn account={account} onCodes={setCodes} />
      ) : (
        <TurnedOff account={account} onCodes={setCodes} />
      )}
    </Section>
  )
}

function TurnedOff({ account, onCodes }: Omit<WithCodes, 'close'>) {
  if (!account.hasPassword)
    return <p className="section-text">Set a password first: it is the first of the two.</p>
  return (
    <Changeable label="Off" now="With it, a stolen password alone lets nobody in." act="Turn on">
      {(close) => <SetUpTwoFactor account={account} onCancel={close} onDone={onCodes} />}
    </Changeable>
  )
}

const TurnedOn = ({ account, onCodes }: Omit<WithCodes, 'close'>) => (
  <>
    <Changeable label="On" now="After the password, a code of your authenticator app." act="Turn off">
      {(close) => <TurnOff account={account} close={close} />}
    </Changeable>
    <Changeable
      label="Recovery codes"
      now="For when the app is out of reach. New ones end the old ones."
      act="Make new codes"
    >
      {(close) => <NewCodes account={account} close={close} onCodes={onCodes} />}
    </Changeable>
  </>
)

function TurnOff({ account, close }: FormProps) {
  const form = useForm({
    checks: { password: given('Give your password.') },
    blame: { forbidden: 'password' },
    act: async ({ password }) => {
      await disableTwoFactor(password)
      toast('Two-factor sign-in is off. The password alone lets you in.')
    },
  })
  return (
    <AccountForm form={form} act="Turn off" look="danger" email={account.email} onCancel={close}>
      <PasswordField form={form} name="password" label="Password" kind="current" />
    </AccountForm>
  )
}

function NewCodes({ account, close, onCodes }: WithCodes) {
  const form = useForm({
    checks: { password: given('Give your password.') },
    blame: { forbidden: 'password' },
    act: async ({ password }) => onCodes(await makeRecoveryCodes(password)),
  })
  return (
    <AccountForm form={form} act="Make new codes" email={account.email} onCancel={close}>
      <PasswordField form={form} name="password" label="Password" kind="current" />
    </AccountForm>
  )
}
