/**
 * Turns what is wrong with a configuration into lines a person can act on: file and line, the path, what is wrong and
 * what to write instead. Duplicates are looked for in the raw value, so that they are reported together with the rest.
 */
import type * as z from 'zod'
import { alertProblems, knownAlertKeys } from './alert-problems.ts'
import { bookSchema, configSchema, exportSchema, httpSchema, sandboxSchema } from './schema.ts'
import { panelSchema, payelancerSchema } from './schema.ts'
import { knownMoneyKeys, moneyProblems } from './money-problems.ts'
import { inPlainWords } from './plain-words.ts'
import { list, property } from './raw-value.ts'
import { secretKeys } from './schema-parts.ts'
import { journalsSchema, quickbooksTargetSchema, xeroTargetSchema } from './target-schema.ts'
import { didYouMean } from './suggest.ts'

export interface Problem {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

export function problemsOf(error: z.ZodError | undefined, raw: unknown): readonly Problem[] {
  const found = (error?.issues ?? []).flatMap((issue) => describe(issue, issue.path, raw))
  return [...found, ...duplicateNames(raw), ...moneyProblems(raw), ...alertProblems(raw)]
}

/** books[0].sources[1].apiKey */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
}

function describe(issue: z.core.$ZodIssue, path: readonly PropertyKey[], raw: unknown): readonly Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const value = valueAt(raw, path)
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey(key, path, value) }))
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // Of a setting that may be a text or a mapping, only what is wrong with the form that was written helps.
    const form = typeof valueAt(raw, path) === 'string' ? 0 : 1
    const inner = issue.errors[form] ?? []
    const aboutForm = inner.filter((each) => each.code !== 'invalid_type' || each.path.length > 0)
    if (aboutForm.length > 0) return aboutForm.flatMap((each) => describe(each, [...path, ...each.path], raw))
  }
  const missing = path.length > 0 && valueAt(raw, path) === undefined
  const message = inPlainWords(issue.message)
  return [{ path, message: missing ? `this setting is missing: ${message}` : message }]
}

function unknownKey(key: string, path: readonly PropertyKey[], value: unknown): string {
  const known = knownKeys(path, value)
  const guess = didYouMean(key, known)
  const owner = path.at(-2) === 'sources' ? otherType(key, value) : ''
  const help = guess || owner || (known.length === 0 ? '' : ` Known here: ${known.join(', ')}.`)
  return `this key is not known.${help}`
}

function otherType(key: string, source: unknown): string {
  const type = property(source, 'type')
  if (type === 'panel' && key in payelancerSchema.shape) return ` It belongs to sources of type payelancer.`
  if (type === 'payelancer' && key in panelSchema.shape) return ` It belongs to sources of type panel.`
  return ''
}

function knownKeys(path: readonly PropertyKey[], value: unknown): readonly string[] {
  const last = path.at(-1)
  if (path.length === 0) return Object.keys(configSchema.shape)
  const ofAlerts = knownAlertKeys(path, value)
  if (ofAlerts !== undefined) return ofAlerts
  const ofMoney = knownMoneyKeys(path)
  if (ofMoney !== undefined) return ofMoney
  if (typeof last === 'number') {
    if (path.at(-2) === 'books') return Object.keys(bookSchema.shape)
    if (path.at(-2) === 'targets') {
      return Object.keys(property(value, 'type') === 'xero' ? xeroTargetSchema.shape : quickbooksTargetSchema.shape)
    }
    return Object.keys(property(value, 'type') === 'panel' ? panelSchema.shape : payelancerSchema.shape)
  }
  if (last === 'http') return Object.keys(httpSchema.shape)
  if (last === 'sandbox') return Object.keys(sandboxSchema.shape)
  if (last === 'journals') return Object.keys(journalsSchema.shape)
  if (last === 'export') return Object.keys(exportSchema.shape)
  return last === 'apiKey' || last === 'database' ? secretKeys : []
}

/** Two books, or two sources of a book, with one name would be one account in the ledger. */
function duplicateNames(raw: unknown): readonly Problem[] {
  const books = list(property(raw, 'books'))
  const ofSources = books.flatMap((book, index) =>
    doubled(list(property(book, 'sources')), ['books', index, 'sources'], 'source of this book'),
  )
  const ofTargets = books.flatMap((book, index) =>
    doubled(list(property(book, 'targets')), ['books', index, 'targets'], 'target of this book'),
  )
  const channels = list(property(property(raw, 'alerts'), 'channels'))
  return [
    ...doubled(books, ['books'], 'book'),
    ...doubledPrefixes(books),
    ...ofSources,
    ...ofTargets,
    ...missingTokenKey(raw),
    ...doubled(channels, ['alerts', 'channels'], 'channel'),
  ]
}

/** Journals of two books under one number: in one company the second would be taken for the first. */
function doubledPrefixes(books: readonly unknown[]): readonly Problem[] {
  const prefixes = books.map((book) => property(book, 'documentPrefix'))
  return prefixes.flatMap((prefix, index) => {
    const first = prefixes.indexOf(prefix)
    if (typeof prefix !== 'string' || first === index) return []
    const message = `"${prefix}" starts the document numbers of ${String(property(books[first], 'name'))} already; give each book its own, or leave it out`
    return [{ path: ['books', index, 'documentPrefix'], message }]
  })
}

/** Tokens are kept encrypted, and the key has to come from somewhere else than the database. */
function missingTokenKey(raw: unknown): readonly Problem[] {
  if (property(raw, 'tokenKey') !== undefined) return []
  const index = list(property(raw, 'books')).findIndex((book) => list(property(book, 'targets')).length > 0)
  if (index < 0) return []
  const message =
    'targets need a key that encrypts their tokens: add tokenKey: { env: TIEOUT_TOKEN_KEY } at the top of the file; make one with: openssl rand -base64 32'
  return [{ path: ['books', index, 'targets'], message }]
}

function doubled(items: readonly unknown[], path: readonly PropertyKey[], what: string): readonly Problem[] {
  const names = items.map((item) => property(item, 'name'))
  return names.flatMap((name, index) =>
    typeof name === 'string' && names.indexOf(name) < index
      ? [
          {
            path: [...path, index, 'name'],
            message: `another ${what} is already named "${name}"; give each its own name`,
          },
        ]
      : [],
  )
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => property(value, key), raw)
}
