// A process that takes of a shared limit until it is refused, and prints how often it was allowed.
import { connect } from '#db/connect.ts'
import { hashSubjects } from '#src/limits/hash-subject.ts'
import { rateLimit } from '#src/limits/rate-limits.ts'
import { createSharedWindow } from '#src/limits/shared-window.ts'
import { Secret } from '#src/secret.ts'

const DAY_MS = 86_400_000

const [url, limit] = process.argv.slice(2)
const tries = rateLimit({
  name: 'tries',
  subject: 'key',
  what: 'tries',
  limit: Number(limit),
  windowMs: DAY_MS,
  kept: 'shared',
})
const { db, close } = connect(url!)
const window = createSharedWindow(tries, { db, hash: hashSubjects(new Secret('a key of the tests')) })

let allowed = 0
while ((await window.take('a')).allowed) allowed++
close()
console.log(allowed)
