/**
 * What a person may ask to trace, from how it is written: a sequence, a journal or one of its lines, an object of a source
 * (an order by its id alone), a place in the landing. The words are those that every screen prints.
 */
import { InputError } from '../../domain/errors.ts'
import type { Evidence } from '../../domain/transaction.ts'

export type Subject =
  | { readonly kind: 'sequence'; readonly sequence: number }
  /** Both ends inside. */
  | { readonly kind: 'range'; readonly from: number; readonly through: number }
  | { readonly kind: 'landing'; readonly place: Evidence }
  /** `account` null is the whole journal. */
  | { readonly kind: 'journal'; readonly document: string; readonly account: string | null }
  /** An account of the ledger, in a night or ever. */
  | { readonly kind: 'account'; readonly account: string }
  | { readonly kind: 'line' | 'match' | 'item' | 'exception'; readonly id: number }
  | { readonly kind: 'object'; readonly source: string; readonly object: string }

export interface SubjectNames {
  /** Every source and money account of the book. */
  readonly sources: readonly string[]
  /** Panels: their objects are orders unless something else is said. */
  readonly panels: readonly string[]
}

const HINT =
  'Give a sequence (7443) or several (7401-7443), an order (netpanel:23501), an object (pub:counter:earnings), a journal (AGENCY-20260314-1), one of its lines (AGENCY-20260314-1@1310:netpanel), an account (account:1310:netpanel), a statement line (line:15), a match (match:4), an expected payment (item:6), an exception (E-12), or a landing (landing:12.1).'

const NUMBERED = ['line', 'match', 'item'] as const

/** Throws InputError when the text is none of these. */
export function parseSubject(text: string, { sources, panels }: SubjectNames): Subject {
  const trimmed = text.trim()
  if (/^\d{1,15}$/.test(trimmed)) return { kind: 'sequence', sequence: Number(trimmed) }
  const range = /^(\d{1,15})-(\d{1,15})$/.exec(trimmed)
  if (range !== null) return { kind: 'range', from: Number(range[1]), through: Number(range[2]) }
  const place = /^landing:(\d{1,15})\.(\d{1,9})$/.exec(trimmed)
  if (place !== null) return { kind: 'landing', place: { batch: Number(place[1]), item: Number(place[2]) } }
  const numbered = /^(?:(line|match|item):|e-)(\d{1,15})$/i.exec(trimmed)
  if (numbered !== null) {
    const word = NUMBERED.find((each) => each === numbered[1]?.toLowerCase())
    return { kind: word ?? 'exception', id: Number(numbered[2]) }
  }
  const account = /^account:(\S.*)$/.exec(trimmed)?.[1] ?? /^\d{4}:.+$/.exec(trimmed)?.[0]
  if (account !== undefined) return { kind: 'account', account }
  const colon = trimmed.indexOf(':')
  const source = colon === -1 ? '' : trimmed.slice(0, colon)
  if (sources.includes(source)) return objectOf(source, trimmed.slice(colon + 1), panels)
  const line = /^([A-Za-z0-9_-]+)(?:@(\d{4}(?::.+)?))?$/.exec(trimmed)
  if (line?.[1] !== undefined) return { kind: 'journal', document: line[1], account: line[2] ?? null }
  const message = `"${text}" is nothing that can be traced${source === '' ? '' : `: this book has no source "${source}"`}.`
  throw new InputError('TRACE_SUBJECT', message, HINT)
}

function objectOf(source: string, rest: string, panels: readonly string[]): Subject {
  const isOrder = panels.includes(source) && !rest.includes(':') && rest !== 'opening'
  return { kind: 'object', source, object: isOrder ? `order:${rest}` : rest }
}
