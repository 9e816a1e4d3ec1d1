import Ajv from 'ajv/dist/2020'
import addFormats from 'ajv-formats'
import type { ApiDocument, Schema } from './operations.ts'

/** A validator of JSON Schema 2020-12, which OpenAPI 3.1 speaks. */
export function newAjv(): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: false })
  addFormats(ajv)
  return ajv
}

const compiled = new WeakMap<Schema, ReturnType<Ajv['compile']>>()

/** A schema of the document, with what it refers to. */
export function compile(ajv: Ajv, document: ApiDocument, schema: Schema) {
  const known = compiled.get(schema) ?? ajv.compile({ ...schema, components: document.components })
  compiled.set(schema, known)
  return known
}
