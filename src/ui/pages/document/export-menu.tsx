import { type Problem, readBody } from '../../api/client.ts'
import { Menu } from '../../components/menu.tsx'
import { toast } from '../../components/toasts.tsx'
import { saveFile } from '../../save-file.ts'

/** In any script this stays below the 255 bytes that file systems allow. */
const NAME_CHARS_MAX = 60

type Post = { id: string; number: number; title: string }

/** Takes the post along: copied or as a file, as Markdown or HTML. */
export function ExportMenu({ post }: { post: Post }) {
  return (
    <Menu
      look="primary"
      items={[
        { label: 'Copy Markdown', icon: 'copy', run: () => act(copy(post, 'markdown')) },
        { label: 'Copy HTML', icon: 'copy', run: () => act(copy(post, 'html')) },
        { label: 'Download Markdown', icon: 'download', run: () => act(download(post, 'markdown')) },
        { label: 'Download HTML', icon: 'download', run: () => act(download(post, 'html')) },
      ]}
    >
      <span>
        Copy<span className="wide"> or download</span>
      </span>
    </Menu>
  )
}

function act(work: Promise<string>) {
  work.then(toast, (error: Problem) => toast(error.message, { isError: true }))
}

async function copy({ id, number }: Post, format: 'markdown' | 'html'): Promise<string> {
  const body = readBody(id, number, format)
  const types = format === 'html' ? ['text/html', 'text/plain'] : ['text/plain']
  // Given as a promise: some browsers forget the press while the text is fetched.
  const items = types.map((type) => [type, body.then((text) => new Blob([text], { type }))])
  await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(items))]).catch(async () => {
    await navigator.clipboard.writeText(await body)
  })
  return format === 'html' ? 'HTML copied.' : 'Markdown copied.'
}

async function download(post: Post, format: 'markdown' | 'html'): Promise<string> {
  const body = await readBody(post.id, post.number, format)
  const [text, type, ending] =
    format === 'html' ? [wholePage(post.title, body), 'text/html', 'html'] : [body, 'text/markdown', 'md']
  const name = `${fileName(post.title)}.${ending}`
  saveFile(name, new Blob([text], { type: `${type};charset=utf-8` }))
  return `${name} downloaded.`
}

/** The title's words in small letters, joined by `-`; of any script, as file systems take them all. */
function fileName(title: string): string {
  const plain = title.normalize('NFKC').toLowerCase().replace(/['’]/g, '')
  const words = plain.split(/[^\p{L}\p{M}\p{N}]+/u).filter(Boolean)
  const name = Array.from(words.join('-')).slice(0, NAME_CHARS_MAX).join('')
  return name.replace(/-$/, '') || 'post'
}

function wholePage(title: string, body: string): string {
  const name = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<!doctype html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>${name}</title>\n</head>\n<body>\n<h1>${name}</h1>\n${body}</body>\n</html>\n`
}
