import { Elysia, t } from 'elysia'
import type { AppDeps } from '#src/app-deps.ts'
import { documented } from '#src/documented.ts'
import { limitExceeded } from '#src/errors.ts'
import { PAGE_SIZE_MAX, pageOf, pageQuery } from '#src/paging.ts'
import { access } from '#src/projects/access.ts'
import { addSource } from './add-source.ts'
import { SOURCE_TEXT_BYTES_MAX, SOURCE_TITLE_CHARS_MAX, UPLOAD_BYTES_MAX } from './limits.ts'
import { acceptedExtensions, importSource, importText } from './registry.ts'
import { Passage, SearchHit, Source, SourceWithText } from './schemas.ts'
import { getPassage, getSource, listPassages, listSources, searchPassages } from './sources.ts'

const FILE_NAME_CHARS_MAX = 255
const SEARCH_CHARS_MAX = 500
const SEARCH_HITS_DEFAULT = 20
const SEARCH_HITS_MAX = 100

const title = t.Optional(t.String({ minLength: 1, maxLength: SOURCE_TITLE_CHARS_MAX }))

const PastedText = t.Object(
  {
    kind: t.Literal('text'),
    title,
    text: t.String({ description: `The text; at most ${SOURCE_TEXT_BYTES_MAX} bytes in UTF-8.` }),
  },
  {
    additionalProperties: false,
    examples: [{ kind: 'text', text: 'Ada [00:12]: We begin with the queue.' }],
  },
)

const UploadedFile = t.Object(
  {
    file: t.File({ description: `${acceptedExtensions.join(' ')}; at most ${UPLOAD_BYTES_MAX} bytes.` }),
    title,
  },
  { additionalProperties: false },
)

const sourceId = t.Object({ id: t.String({ description: 'A source, `src_…`.' }) })

export const sourceRoutes = (deps: AppDeps) => {
  const { db, hub } = deps
  return new Elysia({ name: 'sources', tags: ['Sources'] })
    .use(access(deps))
    .post(
      '/sources',
      async ({ body, principal, status }) => {
        const { projectId, actor: createdBy } = principal
        const source =
          'file' in body
            ? await addSource(db, { projectId, createdBy, ...(await importUpload(body)) })
            : await addSource(db, { projectId, createdBy, kind: 'text', imported: await importText(body) })
        hub.wake()
        return status(201, source)
      },
      {
        permission: 'sources:write',
        body: t.Union([PastedText, UploadedFile]),
        ...documented('addSource', 'Add a source', {
          description: `Pasted text as JSON, or a file as a multipart form (${acceptedExtensions.join(' ')}).`,
          success: { 201: Source },
          errors: ['limit_exceeded', 'unreadable_file', 'unsupported_media_type'],
        }),
      },
    )
    .get('/sources', ({ principal, query }) => listSources(db, principal.projectId, query), {
      permission: 'sources:read',
      query: t.Object(pageQuery, { additionalProperties: false }),
      ...documented('listSources', 'List sources, newest first', { success: { 200: pageOf(Source) } }),
    })
    .get('/sources/:id', ({ principal, params }) => getSource(db, principal.projectId, params.id), {
      permission: 'sources:read',
      params: sourceId,
      ...documented('getSource', 'Get a source with its text', { success: { 200: SourceWithText } }),
    })
    .get(
      '/sources/:id/passages',
      ({ principal, params, query }) => listPassages(db, principal.projectId, params.id, query),
      {
        permission: 'sources:read',
        params: sourceId,
        query: t.Object(
          {
            limit: t.Optional(t.Integer({ minimum: 1, maximum: PAGE_SIZE_MAX })),
            after: t.Optional(t.Integer({ minimum: 0, description: '`nextAfter` of the page before.' })),
          },
          { additionalProperties: false },
        ),
        ...documented('listPassages', "List a source's passages in reading order", {
          success: {
            200: t.Object({ items: t.Array(Passage), nextAfter: t.Union([t.Integer(), t.Null()]) }),
          },
        }),
      },
    )
    .get('/passages/:id', ({ principal, params }) => getPassage(db, principal.projectId, params.id), {
      permission: 'sources:read',
      params: t.Object({ id: t.String({ description: 'A passage, `psg_…`.' }) }),
      ...documented('getPassage', 'Get the passage a citation came from', { success: { 200: SearchHit } }),
    })
    .get(
      '/search',
      ({ principal, query }) =>
        searchPassages(db, principal.projectId, { q: query.q, limit: query.limit ?? SEARCH_HITS_DEFAULT }),
      {
        permission: 'sources:read',
        query: t.Object(
          {
            q: t.String({ minLength: 1, maxLength: SEARCH_CHARS_MAX }),
            limit: t.Optional(t.Integer({ minimum: 1, maximum: SEARCH_HITS_MAX })),
          },
          { additionalProperties: false },
        ),
        ...documented('search', 'Find passages by their words, best first', {
          description: 'Any of the words may match; words in double quotes match as a phrase.',
          success: { 200: t.Object({ items: t.Array(SearchHit) }) },
        }),
      },
    )
}

async function importUpload({ file, title }: { file: File; title?: string }) {
  if (file.name.length > FILE_NAME_CHARS_MAX)
    throw limitExceeded(
      `The file's name has ${file.name.length} characters; it may have ${FILE_NAME_CHARS_MAX}.`,
    )
  const imported = await importSource({ bytes: await file.bytes(), fileName: file.name, title })
  return { kind: imported.kind, fileName: file.name, imported }
}
