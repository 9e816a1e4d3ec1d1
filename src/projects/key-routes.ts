import { Elysia, t } from 'elysia'
import { links } from '#src/accounts/links.ts'
import type { AppDeps } from '#src/app-deps.ts'
import { documented } from '#src/documented.ts'
import { AppError, notFound } from '#src/errors.ts'
import { apiKeyCreated } from '#src/mail/messages.ts'
import { oneOf } from '#src/one-of.ts'
import { access } from './access.ts'
import { isAddressRange } from './allowed-addresses.ts'
import { KEY_ADDRESSES_MAX, KEY_NAME_CHARS_MAX, KEY_PROJECTS_MAX } from './api-keys.ts'
import { listKeysOf, listProjectKeys } from './list-keys.ts'
import { makeKey, revokeKey, revokeProjectKey, rotateKey } from './manage-keys.ts'
import { permissionNames } from './permissions.ts'

const GRACE_SECONDS_DEFAULT = 24 * 3_600
const GRACE_SECONDS_MAX = 30 * 24 * 3_600
const EXPIRY_DAYS_MAX = 3_650

const closed = { additionalProperties: false }
const done = { success: { 204: t.Undefined() } }
const keyId = t.Object({ id: t.String({ description: 'An API key, `key_…`.' }) })
const date = t.String({ format: 'date-time' })
const dateOrNull = t.Union([date, t.Null()])

const ApiKey = t.Object(
  {
    id: t.String(),
    name: t.String(),
    hint: t.String({ description: 'Its last four characters.' }),
    projectIds: t.Array(t.String()),
    scopes: t.Array(oneOf(permissionNames)),
    allowedAddresses: t.Array(t.String()),
    createdAt: date,
    lastUsedAt: dateOrNull,
    expiresAt: dateOrNull,
  },
  { title: 'ApiKey' },
)
const ProjectApiKey = t.Object(
  { ...ApiKey.properties, createdBy: t.Union([t.String(), t.Null()]) },
  { title: 'ProjectApiKey' },
)
const NewKey = t.Object(
  { key: ApiKey, text: t.String({ description: '`qk_live_…`, shown this once.' }) },
  { title: 'NewApiKey' },
)

/** API keys: a person's own, and those that open the project. */
export const keyRoutes = (deps: AppDeps) => {
  const { db, env, hub, post } = deps
  const notify = (email: string, name: string) =>
    post.send(email, apiKeyCreated({ name, at: Date.now(), link: links(env).apiKeys() }))
  return new Elysia({ name: 'api-keys', tags: ['API keys'] })
    .use(access(deps))
    .get('/account/api-keys', async ({ person }) => ({ items: await listKeysOf(db, person.userId) }), {
      person: 'account',
      ...documented('listApiKeys', 'List your API keys', {
        success: { 200: t.Object({ items: t.Array(ApiKey) }) },
      }),
    })
    .post(
      '/account/api-keys',
      async ({ person, caller, body, actor, status }) => {
        if (body.projectIds.some((id) => !caller.projects.has(id))) throw notFound('project')
        const wrong = body.allowedAddresses?.find((address) => !isAddressRange(address))
        if (wrong !== undefined)
          throw new AppError('invalid_request', 'An address is `192.0.2.7`, a range `192.0.2.0/24`.', [
            { path: '/allowedAddresses', message: `${wrong} is neither an address nor a range` },
          ])
        const made = await makeKey(
          db,
          {
            userId: person.userId,
            name: body.name.trim(),
            projectIds: body.projectIds,
            scopes: body.scopes,
            allowedAddresses: body.allowedAddresses,
            expiresAt: body.expiresInDays && Date.now() + body.expiresInDays * 24 * 3_600_000,
          },
          actor(),
        )
        notify(person.email, made.key.name)
        return status(201, made)
      },
      {
        person: 'account',
        body: t.Object(
          {
            name: t.String({ minLength: 1, maxLength: KEY_NAME_CHARS_MAX, pattern: '\\S' }),
            projectIds: t.Array(t.String({ maxLength: 64 }), {
              minItems: 1,
              maxItems: KEY_PROJECTS_MAX,
              uniqueItems: true,
            }),
            scopes: t.Array(oneOf(permissionNames), { minItems: 1, uniqueItems: true }),
            expiresInDays: t.Optional(t.Integer({ minimum: 1, maximum: EXPIRY_DAYS_MAX })),
            allowedAddresses: t.Optional(
              t.Array(t.String({ maxLength: 64 }), {
                maxItems: KEY_ADDRESSES_MAX,
                uniqueItems: true,
                description: 'The only addresses and ranges it may be used from.',
              }),
            ),
          },
          {
            ...closed,
            examples: [
              {
                name: 'Our site',
                projectIds: ['prj_01h455vb4pex5vsknk084sn02q'],
                scopes: ['documents:read'],
              },
            ],
          },
        ),
        ...documented('createApiKey', 'Make an API key', {
          description: 'It may do what its scopes say, as far as you still may in each project.',
          success: { 201: NewKey },
          errors: ['limit_exceeded'],
        }),
      },
    )
    .post(
      '/account/api-keys/:id/rotate',
      async ({ person, params, body, actor, status }) => {
        const graceMs = (body.graceSeconds ?? GRACE_SECONDS_DEFAULT) * 1000
        const made = await rotateKey(db, { id: params.id, userId: person.userId, graceMs }, actor())
        hub.wake()
        notify(person.email, made.key.name)
        return status(201, made)
      },
      {
        person: 'account',
        params: keyId,
        body: t.Object(
          {
            graceSeconds: t.Optional(
              t.Integer({
                minimum: 0,
                maximum: GRACE_SECONDS_MAX,
                description: `How long the old key still works; ${GRACE_SECONDS_DEFAULT / 3_600} hours unless told.`,
              }),
            ),
          },
          closed,
        ),
        ...documented('rotateApiKey', 'Put a new key in the place of one', {
          success: { 201: NewKey },
          errors: ['conflict', 'limit_exceeded'],
        }),
      },
    )
    .delete(
      '/account/api-keys/:id',
      async ({ person, params, actor, status }) => {
        await revokeKey(db, { id: params.id, userId: person.userId }, actor())
        hub.wake()
        return status(204, undefined)
      },
      {
        person: 'account',
        params: keyId,
        ...documented('revokeApiKey', 'Revoke a key, from the next request on', done),
      },
    )
    .get('/api-keys', async ({ principal }) => ({ items: await listProjectKeys(db, principal.projectId) }), {
      permission: 'api_keys:manage',
      ...documented('listProjectApiKeys', "List everybody's keys that open the project", {
        success: { 200: t.Object({ items: t.Array(ProjectApiKey) }) },
      }),
    })
    .delete(
      '/api-keys/:id',
      async ({ principal, params, actor, status }) => {
        await revokeProjectKey(db, { id: params.id, projectId: principal.projectId }, actor())
        hub.wake()
        return status(204, undefined)
      },
      {
        permission: 'api_keys:manage',
        params: keyId,
        ...documented('revokeProjectApiKey', 'Take the project from a key, whoever made it', done),
      },
    )
}
