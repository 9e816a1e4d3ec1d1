// Builds the single binary: API, interface, documentation, migrations and worker in one file.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { builtInterface } from './build-interface.ts'

const { values } = parseArgs({
  options: { outfile: { type: 'string', default: 'dist/quill' }, target: { type: 'string' } },
})
const root = join(import.meta.dir, '..')
const outfile = join(root, values.outfile)
mkdirSync(join(outfile, '..'), { recursive: true })

const result = await Bun.build({
  entrypoints: [join(root, 'src/main.ts')],
  target: 'bun',
  plugins: [await builtInterface(root)],
  format: 'esm',
  minify: { whitespace: true, syntax: true, identifiers: false },
  bytecode: true,
  sourcemap: 'linked',
  define: { 'process.env.NODE_ENV': '"production"' },
  compile: {
    outfile,
    ...(values.target ? { target: values.target as Bun.Build.CompileTarget } : {}),
    autoloadDotenv: true,
    autoloadBunfig: false,
  },
})
if (!result.success) {
  for (const message of result.logs) console.error(String(message))
  process.exit(1)
}
console.log(`${values.outfile}  ${(Bun.file(outfile).size / 1e6).toFixed(1)} MB`)
