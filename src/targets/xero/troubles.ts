/**
 * From an answer of Xero to what it means for a journal. Tables, since the whole promise of delivering once rests on
 * never calling something refused that may have taken effect: whatever is not known to be a no is `unknown`.
 */
import { ReadError } from '../../domain/errors.ts'
import { readJsonExact } from '../../domain/json.ts'
import { READ_LIMITS } from '../../domain/read-limits.ts'
import type { Refused, Trouble } from '../port.ts'
import type { XeroReply } from './answer.ts'
import { journalId } from './observe.ts'
import { journalSchema, problemSchema } from './schema.ts'

/** Whom a message is about: `Xero "acme/books" (create ACME-1)`. */
export interface Context {
  readonly label: string
  /** The target's name in the configuration. */
  readonly target: string
}

/** By what a validation message says; Xero gives all of them one number. */
const REASONS: readonly (readonly [pattern: RegExp, reason: Refused['reason']])[] = [
  [/lock(ed)? (date|period)|period (is|has been) (locked|closed)/i, 'closed-period'],
  [/\baccounts?(code|id)?\b|\btax ?type|\btracking/i, 'mapping'],
]
const MOST_OF_A_MESSAGE = 300
const MOST_OF_A_CODE = 60

/** Null for a 200, which still has to be looked into, and a 304. A 429 is dealt with before. */
export function troubleOf(reply: XeroReply, context: Context): Trouble | null {
  const { status, headers, body } = reply
  if (status === 200 || status === 304) return null
  if (status === 401) return unauthorised(headers['www-authenticate'] ?? '', body, context)
  if (status === 403) return forbidden(body, context)
  if (status === 503 && /organisation is offline/i.test(body)) {
    const message = `${context.label}: the organisation is offline; it usually is back within minutes.`
    return { kind: 'unavailable', message }
  }
  if (status === 400) return refusalOf(body, context) ?? unknownAnswer(reply, context)
  return unknownAnswer(reply, context)
}

export function isScopeMissing(reply: XeroReply): boolean {
  return reply.status === 401 && /insufficient_scope/i.test(reply.headers['www-authenticate'] ?? '')
}

function unauthorised(challenge: string, body: string, { label, target }: Context): Trouble {
  const why = /insufficient_scope/i.test(challenge)
    ? 'the connection lacks a scope (accounting.manualjournals and accounting.settings.read are needed)'
    : `Xero does not accept the access token${detailOf(body)}`
  return { kind: 'unauthorised', message: `${label}: ${why}. Connect it again: tieout connect ${target}` }
}

function forbidden(body: string, { label, target }: Context): Trouble {
  const why =
    'Xero does not let the connection in: it was disconnected there, or whoever connected it may not enter manual ' +
    'journals (a standard user needs the permission for reports)'
  return { kind: 'unauthorised', message: `${label}: ${why}${detailOf(body)}. Then: tieout connect ${target}` }
}

/** A 400 is a no only when it says why in Xero's own form. */
function refusalOf(body: string, context: Context): Trouble | null {
  const problem = problemSchema.safeParse(parsed(body))
  if (!problem.success) return null
  const { Type, Message, Title, Detail, Elements } = problem.data
  const general = [Title, Message, Detail].filter((text) => typeof text === 'string').join(': ')
  const errors = (Elements ?? []).flatMap((element) => messagesOf(element.ValidationErrors))
  const about = [general, ...errors].find((text) => /idempotency/i.test(text))
  // The key belongs to another request: what became of that one is for a look-up to say.
  if (about !== undefined) {
    const message = `${context.label}: ${about.slice(0, MOST_OF_A_MESSAGE)}`
    return { kind: 'unknown', answered: true, message }
  }
  const named = (Type ?? '') !== '' && general !== ''
  if (errors.length === 0 && !named) return null
  return refused(errors.length === 0 ? [general] : errors, body, context)
}

/** Of a 200 with one journal: null when nothing is said against it. Errors beside an id are not a no. */
export function journalTrouble(value: unknown, body: string, context: Context): Trouble | null {
  const journal = journalSchema.safeParse(value)
  if (!journal.success) return null
  const errors = messagesOf(journal.data.ValidationErrors)
  const isError = journal.data.StatusAttributeString === 'ERROR'
  if (!isError && errors.length === 0) return null
  const refusal = refused(errors.length === 0 ? ['it is marked ERROR without a reason'] : errors, body, context)
  if (isError || journalId(journal.data) === null) return refusal
  return { kind: 'unknown', answered: true, message: `${refusal.message} It has an id all the same.` }
}

function refused(errors: readonly string[], evidence: string, { label }: Context): Refused {
  const all = errors.join(' ')
  const reason = REASONS.find(([pattern]) => pattern.test(all))?.[1] ?? 'invalid'
  const code = (errors[0] ?? '').slice(0, MOST_OF_A_CODE)
  const message = `${label}: Xero refused it: ${all.slice(0, MOST_OF_A_MESSAGE)}`
  return { kind: 'refused', reason, code, message, evidence }
}

export function unknownAnswer({ status, headers, body }: XeroReply, { label }: Context): Trouble {
  const type = (headers['content-type'] ?? 'no content type').split(';')[0]
  const start = body.replaceAll(/\s+/g, ' ').trim().slice(0, 80)
  const message = `${label}: Xero answered HTTP ${status} and no result that can be used (${type}: "${start}").`
  return { kind: 'unknown', answered: true, message }
}

function messagesOf(errors: readonly { readonly Message?: string | null | undefined }[] | null | undefined): string[] {
  return (errors ?? []).map(({ Message }) => Message ?? '').filter((text) => text !== '')
}

function detailOf(body: string): string {
  const problem = problemSchema.safeParse(parsed(body))
  const detail = problem.success ? (problem.data.Detail ?? '') : ''
  return detail === '' ? '' : ` (${detail.slice(0, MOST_OF_A_MESSAGE)})`
}

/** Undefined for what is no JSON, or says a key twice, or has no bounds. */
export function parsed(body: string): unknown {
  try {
    return readJsonExact(body, READ_LIMITS)
  } catch (error) {
    if (!(error instanceof ReadError)) throw error
    return undefined
  }
}
