import { run, usage } from '#src/commands/worker.ts'

if (process.argv.includes('--help')) process.stdout.write(`${usage}\n`)
else
  run(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error: Error) => {
      process.stderr.write(`${error.message}\n`)
      process.exit(1)
    },
  )
