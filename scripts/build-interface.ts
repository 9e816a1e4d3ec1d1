import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { BunPlugin } from 'bun'
import type { InterfaceFile } from '#src/interface.ts'

/**
 * Builds the interface for browsers by itself, names shortened and pages split off, which the server's own code must
 * not be; returns its files in `outdir`.
 */
export async function bundleInterface(root: string, outdir: string): Promise<InterfaceFile[]> {
  const { outputs } = await Bun.build({
    entrypoints: [join(root, 'src/ui/index.html')],
    outdir,
    target: 'browser',
    minify: true,
    splitting: true,
    publicPath: '/',
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  return Promise.all(
    outputs.map(async ({ path, type }) => ({
      path,
      name: basename(path),
      headers: { 'content-type': type, etag: `"${Bun.hash(await Bun.file(path).bytes()).toString(36)}"` },
    })),
  )
}

/** Puts the interface into the binary: what `src/interface.ts` imports becomes the list of its files. */
export async function builtInterface(root: string): Promise<BunPlugin> {
  const folder = mkdtempSync(join(tmpdir(), 'quill-interface-'))
  process.on('exit', () => rmSync(folder, { recursive: true }))
  const files = await bundleInterface(root, folder)
  return {
    name: 'built-interface',
    setup(build) {
      // Under a name of its own: Bun would take a page for itself whatever a loader says.
      build.onResolve({ filter: /\/ui\/index\.html$/ }, () => ({ path: 'files', namespace: 'interface' }))
      build.onLoad({ filter: /^files$/, namespace: 'interface' }, () => ({
        contents: asModule(files),
        loader: 'js',
      }))
    },
  }
}

function asModule(files: InterfaceFile[]): string {
  const imports = files.map(
    ({ path }, index) => `import file${index} from ${JSON.stringify(path)} with { type: 'file' }`,
  )
  const list = files.map(
    ({ name, headers }, index) => `{ path: file${index}, ...${JSON.stringify({ name, headers })} }`,
  )
  return `${imports.join('\n')}\nexport default { files: [${list.join(', ')}] }\n`
}
