import { useQuery } from '@tanstack/react-query'
import { navigate } from 'wouter/use-browser-location'
import { takePlace } from '../wanted-place.ts'
import { api, type Data, read } from './client.ts'
import { queryClient } from './query-client.ts'
import { forgetTabProject, NO_PROJECT, settleIn } from './tab-project.ts'

/** `lost` names the project of this tab where it is not theirs any more. */
export type Session = Data<typeof api.session.get> & { lost?: string }
export type Door = Session['door']
export type ProviderName = Door['providers'][number]
export type NextStep = Data<(typeof api.auth)['sign-in']['post']>['next']

export const useSession = () =>
  useQuery({
    queryKey: ['session'],
    queryFn: readSession,
    staleTime: Number.POSITIVE_INFINITY,
  })

/** Continues to the Demo project. */
export async function openDemo() {
  await read(api.session.post({ kind: 'demo' }))
  await renewSession()
}

/** Leaves for the door: whoever comes next does not begin where the last one was. */
export async function signOut() {
  await signOutHere()
  takePlace()
  navigate('/sign-in', { replace: true })
}

/** Signs out and stays, where the page is for somebody else. */
export async function signOutHere() {
  await read(api.session.delete())
  await renewSession()
}

export const signIn = (person: { email: string; password: string }) =>
  stepOn(read(api.auth['sign-in'].post(person)))

/** Makes an account, which is ready once the link in a mail is followed. */
export const signUp = (person: { name: string; email: string; password: string }) =>
  read(api.auth['sign-up'].post(person))

/** The second half of a sign-in. */
export const verifySecondFactor = (proof: {
  method: 'totp' | 'recovery_code'
  code: string
  trustDevice: boolean
}) => stepOn(read(api.auth['two-factor'].post(proof)))

/** Takes the link of a mail: it confirms an address; a changed one ends every session. */
export async function confirmAddress(token: string) {
  await read(api.auth.confirm.post({ token }))
  await renewSession()
}

export const requestPasswordReset = (email: string) => read(api.auth['password-reset'].post({ email }))

/** Sets a password by the link of a mail, which ends every session of the account. */
export async function resetPassword(token: string, password: string) {
  await read(api.auth['password-reset'].confirm.post({ token, password }))
  await renewSession()
}

/** Leaves for the page of an identity provider; the browser comes back by itself. */
export async function goToProvider(provider: ProviderName) {
  const { url } = await read(api.auth.providers({ provider }).post())
  location.assign(url)
}

/** Whoever is signed in now begins in a project of theirs, and sees nothing of whoever was before. */
export const renewSession = async () => enter(await read(api.session.get({ headers: NO_PROJECT })))

/** Begins anew in a session and the project it names: what was known in another is not seen there. */
export function enter(session: Session) {
  void queryClient.cancelQueries({ queryKey: ['session'] })
  queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' })
  forgetTabProject()
  queryClient.setQueryData(['session'], settleIn(session))
}

async function stepOn(call: Promise<{ next: NextStep }>): Promise<NextStep> {
  const { next } = await call
  if (next === 'done') await renewSession()
  return next
}

/** Who is signed in, and in which project this tab works. */
async function readSession(): Promise<Session> {
  return settleIn(await read(api.session.get()))
}
