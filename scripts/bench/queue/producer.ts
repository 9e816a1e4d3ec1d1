// Another process: enqueues a job for each line that it is given.
import { openQuill } from './quill.ts'

const opened = await openQuill(process.argv[2]!, 'FULL')
// Lets the processes find each other.
await Bun.sleep(100)
process.stdout.write('ready\n')
for await (const _line of console) await opened.add({ sentAt: performance.timeOrigin + performance.now() })
await opened.close()
