/**
 * What QuickBooks' faults mean for a delivery, as a table. Intuit spells the envelope in two ways, puts faults into
 * answers with status 200, and numbers them with and without zeros in front; codes decide, words only where there is none.
 */
import type { Refused } from '../port.ts'

export type Verdict = 'unauthorised' | 'throttled' | 'unavailable' | 'unknown' | Refused['reason']

export interface FaultError {
  /** Without zeros in front; '' when there is none. */
  readonly code: string
  readonly message: string
  readonly detail: string
}

export interface Fault {
  readonly type: string
  readonly errors: readonly FaultError[]
}

export interface Meaning {
  readonly verdict: Verdict
  readonly code: string
  /** QuickBooks' own words, cut to what fits a message. */
  readonly says: string
}

interface Row {
  readonly verdict: Verdict
  readonly codes: readonly string[]
  /** Null where only a code says it. */
  readonly words: RegExp | null
}

/** The first row that fits one of the errors wins, so what stops every entry stands above what stops one. */
const ROWS: readonly Row[] = [
  { verdict: 'unauthorised', codes: ['3200'], words: /authenticationfailed|token (?:expired|revoked|rejected)/i },
  { verdict: 'unauthorised', codes: ['3100', '120'], words: /authorizationfail(?:ed|ure)/i },
  { verdict: 'throttled', codes: ['3001'], words: /throttleexceeded/i },
  { verdict: 'unavailable', codes: ['6190'], words: /invalid company status|subscription (?:has )?(?:ended|lapsed)/i },
  { verdict: 'unknown', codes: ['10000'], words: /systemfault|internal server error/i },
  { verdict: 'duplicate-document', codes: ['6140', '6240'], words: /duplicate document number/i },
  { verdict: 'closed-period', codes: ['6210'], words: /account(?:ing)? period (?:has )?(?:been )?closed/i },
  {
    verdict: 'mapping',
    codes: ['2500', '610'],
    words: /accounts? (?:payable|receivable)|invalid reference id|object not found|made inactive/i,
  },
  { verdict: 'invalid', codes: ['500', '2010', '2020', '2050', '2170', '4000', '4001', '5010', '6540'], words: null },
]
const KNOWN_CODES: ReadonlySet<string> = new Set(ROWS.flatMap(({ codes }) => codes))

/** Where an answer may carry a fault instead of what was asked for. */
const HOLDERS = ['queryresponse', 'cdcresponse', 'batchitemresponse']
const LONGEST_QUOTE = 400

/** The fault in an answer of any status; null when there is none. */
export function findFault(json: unknown): Fault | null {
  if (Array.isArray(json)) return firstFault(json)
  const fault = memberOf(json, 'fault')
  if (fault !== undefined && fault !== null) return toFault(fault)
  return firstFault(HOLDERS.map((name) => memberOf(json, name)))
}

function firstFault(values: readonly unknown[]): Fault | null {
  for (const value of values) {
    const fault = value === undefined ? null : findFault(value)
    if (fault !== null) return fault
  }
  return null
}

export function meaningOf({ type, errors }: Fault, status: number): Meaning {
  for (const row of ROWS) {
    const error = errors.find((each) => fits(row, each))
    if (error !== undefined) return { verdict: certain(row.verdict, status), code: error.code, says: quote(error) }
  }
  const [error = { code: '', message: type, detail: '' }] = errors
  const verdict = verdictOfStatus(status) ?? (/^system|^service/i.test(type) ? 'unknown' : 'invalid')
  return { verdict, code: error.code, says: quote(error) }
}

/** What the status alone says; null when it leaves the word to the body. */
export function verdictOfStatus(status: number): Verdict | null {
  if (status === 401 || status === 403) return 'unauthorised'
  if (status === 429) return 'throttled'
  return status === 408 || status >= 500 ? 'unknown' : null
}

/** A server that failed may have done what it refuses in its answer. */
function certain(verdict: Verdict, status: number): Verdict {
  const isRefusal = verdict !== 'unauthorised' && verdict !== 'throttled' && verdict !== 'unavailable'
  return isRefusal && verdictOfStatus(status) === 'unknown' ? 'unknown' : verdict
}

/** 6000 is every business rule at once, so its words decide, like those of a code nobody has listed. */
function fits({ codes, words }: Row, { code, message, detail }: FaultError): boolean {
  if (KNOWN_CODES.has(code)) return codes.includes(code)
  return words !== null && (words.test(message) || words.test(detail))
}

function toFault(value: unknown): Fault {
  const errors = memberOf(value, 'error')
  const list: readonly unknown[] = Array.isArray(errors) ? errors : errors === undefined ? [] : [errors]
  return { type: textOf(memberOf(value, 'type')), errors: list.map(toError) }
}

function toError(value: unknown): FaultError {
  const message = textOf(memberOf(value, 'message'))
  const detail = textOf(memberOf(value, 'detail'))
  const code = textOf(memberOf(value, 'code'))
  const inWords = /errorCode=(\d+)/i.exec(`${message} ${detail}`)?.[1] ?? ''
  return { code: (code === '' ? inWords : code).replace(/^0+(?=.)/, ''), message, detail }
}

/** The detail often begins with the message. */
function quote({ message, detail }: FaultError): string {
  const holdsBoth = detail.toLowerCase().startsWith(message.toLowerCase())
  const text = holdsBoth || detail === '' ? detail || message : `${message}: ${detail}`
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE)}…` : line
}

/** A member of an object whatever its capitals; the same fault comes as "Fault" and as "fault". */
function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).find(([key]) => key.toLowerCase() === name)?.[1]
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  const source: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'source') : undefined
  return typeof source === 'string' ? source : ''
}
