import { basename } from 'node:path'
import { connect, type Db } from '#db/connect.ts'
import { providerNames } from '#src/ai/registry.ts'
import { SECTIONS_PER_POST_MAX, toneNames } from '#src/ai/schemas.ts'
import { createDocument } from '#src/documents/documents.ts'
import { DOCUMENT_TITLE_CHARS_MAX } from '#src/documents/schemas.ts'
import { getVersion, versionBody } from '#src/documents/versions.ts'
import { AppError } from '#src/errors.ts'
import { createLog } from '#src/log.ts'
import { getRun } from '#src/pipelines/runs.ts'
import { newBlogRun } from '#src/pipelines/start.ts'
import { type RunOptions, WORDS_PER_RUN_MAX } from '#src/pipelines/steps.ts'
import { ensureProject } from '#src/projects/projects.ts'
import { inlineQueue } from '#src/queue/inline.ts'
import { addSource } from '#src/sources/add-source.ts'
import { decodeText } from '#src/sources/decode-text.ts'
import { importSource, importText } from '#src/sources/registry.ts'
import { startConsumer } from '#worker/consume.ts'
import { readArgs, UsageError } from './command.ts'
import { showProgress } from './progress.ts'

const AUTHOR = 'command line'
const LEASE_MS = 60_000
const LOOK_MS = 50
const formats = { md: 'markdown', html: 'html', json: 'json' } as const

export const usage = [
  'Usage: quill draft FILE… [-o post.md] [options]',
  '',
  'Writes a post from files, without a server and without a key. `-` reads standard input.',
  '  -o, --output FILE   where to write; default standard output',
  '  --title TEXT        the title of the post',
  `  --sections N        how many sections, up to ${SECTIONS_PER_POST_MAX}`,
  `  --words N           how long, 100 to ${WORDS_PER_RUN_MAX}`,
  `  --tone NAME         ${toneNames.join(', ')}`,
  `  --provider NAME     ${providerNames.join(', ')}`,
  '  --format NAME       md, html or json (the version object of the API); default from the name of FILE, else md',
].join('\n')

const optionConfig = {
  output: { type: 'string', short: 'o' },
  title: { type: 'string' },
  sections: { type: 'string' },
  words: { type: 'string' },
  tone: { type: 'string' },
  provider: { type: 'string' },
  format: { type: 'string' },
} as const

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readArgs({ args, options: optionConfig, allowPositionals: true }, usage)
  if (!positionals.length) throw new UsageError(`Name a file to write from.\n\n${usage}`)
  const format = readFormat(values.format, values.output)
  const options = readOptions(values)
  const { db, close } = connect(':memory:')
  try {
    const post = await write(db, { files: positionals, options, format })
    await put(post, values.output)
    return 0
  } finally {
    close()
  }
}

type Draft = { files: string[]; options: RunOptions; format: keyof typeof formats }

/** The whole job on a database in memory: the same pipeline and worker that the service runs. */
async function write(db: Db, { files, options, format }: Draft): Promise<string> {
  const projectId = await ensureProject(db, 'draft')
  const owner = { projectId, createdBy: AUTHOR }
  const sourceIds: string[] = []
  for (const file of files) sourceIds.push(await addFile(db, projectId, file))
  const { id: documentId } = await createDocument(db, { ...owner, title: options.title, sourceIds })
  const { run, writes } = await newBlogRun(db, { ...owner, documentId, options })
  await db.batch([writes[0]!, ...writes.slice(1)])
  const queue = inlineQueue(db)
  const log = createLog('silent')
  const consumer = startConsumer({ db, queue, log, concurrency: 1, leaseMs: LEASE_MS, graceMs: 0 })
  try {
    const { versionNumber } = await follow(db, projectId, run.id)
    const id = { projectId, documentId, number: versionNumber! }
    const asked = formats[format]
    return asked === 'json'
      ? `${JSON.stringify(await getVersion(db, id), null, 2)}\n`
      : versionBody(db, id, asked)
  } finally {
    await consumer.stop()
  }
}

async function addFile(db: Db, projectId: string, file: string): Promise<string> {
  const bytes = await readFile(file)
  const imported =
    file === '-'
      ? { kind: 'text', ...(await importText({ text: decodeText(bytes) })) }
      : await importSource({ bytes, fileName: basename(file) })
  const source = await addSource(db, { projectId, createdBy: AUTHOR, kind: imported.kind, imported })
  return source.id
}

async function readFile(file: string): Promise<Uint8Array> {
  try {
    return await (file === '-' ? Bun.stdin : Bun.file(file)).bytes()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = { ENOENT: 'there is no such file', EACCES: 'it may not be read', EISDIR: 'it is a folder' }[
      code ?? ''
    ]
    throw new AppError('unreadable_file', `${file} cannot be read: ${why ?? code}.`)
  }
}

/** The run once it succeeded. Throws what it failed with. */
async function follow(db: Db, projectId: string, id: string) {
  const progress = showProgress(process.stderr)
  while (true) {
    const run = await getRun(db, projectId, id)
    progress.update(run)
    if (run.state === 'succeeded') return run
    if (run.state === 'failed') throw new AppError('conflict', run.error?.message ?? 'The run failed.')
    await Bun.sleep(LOOK_MS)
  }
}

async function put(post: string, output: string | undefined) {
  if (output === undefined || output === '-') {
    await Bun.write(Bun.stdout, post)
    return
  }
  try {
    await Bun.write(output, post)
  } catch (error) {
    throw new AppError('conflict', `${output} cannot be written: ${(error as Error).message}`)
  }
  process.stderr.write(`Wrote ${output}\n`)
}

function readFormat(format: string | undefined, output: string | undefined): keyof typeof formats {
  const name = format ?? output?.match(/\.(md|html|json)$/)?.[1] ?? 'md'
  if (!Object.hasOwn(formats, name))
    throw new UsageError(`--format must be one of ${Object.keys(formats).join(', ')}.`)
  return name as keyof typeof formats
}

function readOptions(values: { [K in keyof typeof optionConfig]?: string }): RunOptions {
  const { title, tone, provider } = values
  const options: RunOptions = {
    ...(title === undefined ? {} : { title: readTitle(title) }),
    ...(values.sections === undefined
      ? {}
      : { sections: readNumber('--sections', values.sections, [1, SECTIONS_PER_POST_MAX]) }),
    ...(values.words === undefined
      ? {}
      : { words: readNumber('--words', values.words, [100, WORDS_PER_RUN_MAX]) }),
    ...(tone === undefined ? {} : { tone: readName('--tone', tone, toneNames) }),
    ...(provider === undefined ? {} : { provider: readName('--provider', provider, providerNames) }),
  }
  return options
}

function readTitle(title: string): string {
  if (!title.trim() || title.length > DOCUMENT_TITLE_CHARS_MAX)
    throw new UsageError(`--title must have 1 to ${DOCUMENT_TITLE_CHARS_MAX} characters.`)
  return title
}

function readNumber(option: string, text: string, [min, max]: [number, number]): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw new UsageError(`${option} must be a whole number from ${min} to ${max}, but is "${text}".`)
  return value
}

function readName<Name extends string>(option: string, text: string, names: readonly Name[]): Name {
  const name = names.find((candidate) => candidate === text)
  if (!name) throw new UsageError(`${option} must be one of ${names.join(', ')}, but is "${text}".`)
  return name
}
