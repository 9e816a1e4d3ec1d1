import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { BuildArtifact, BunPlugin } from 'bun'

/**
 * Builds the interface for browsers by itself, names shortened and pages split off, which the server's own code must
 * not be. The plugin it returns puts the files into the binary: what `src/interface.ts` imports becomes their list.
 */
export async function buildInterface(root: string): Promise<BunPlugin> {
  const { outputs } = await Bun.build({
    entrypoints: [join(root, 'src/ui/index.html')],
    outdir: mkdtempSync(join(tmpdir(), 'quill-interface-')),
    target: 'browser',
    minify: true,
    splitting: true,
    publicPath: '/',
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  return {
    name: 'built-interface',
    setup(build) {
      // Under a name of its own: Bun would take a page for itself whatever a loader says.
      build.onResolve({ filter: /\/ui\/index\.html$/ }, () => ({ path: 'files', namespace: 'interface' }))
      build.onLoad({ filter: /^files$/, namespace: 'interface' }, () => ({
        contents: listOf(outputs),
        loader: 'js',
      }))
    },
  }
}

function listOf(outputs: BuildArtifact[]): string {
  const imports = outputs.map(
    ({ path }, index) => `import file${index} from ${JSON.stringify(path)} with { type: 'file' }`,
  )
  const files = outputs.map(({ path, type, hash }, index) => {
    const headers = { 'content-type': type, etag: `"${hash ?? Bun.hash(path).toString(36)}"` }
    return `{ path: file${index}, ...${JSON.stringify({ name: basename(path), headers })} }`
  })
  return `${imports.join('\n')}\nexport default { files: [${files.join(', ')}] }\n`
}
