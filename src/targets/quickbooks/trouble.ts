/**
 * From a fault, or from a status without one, to what delivery does next, each with a sentence for a person: what
 * QuickBooks said, and what to do about it.
 */
import { retryAfterMs } from '../../http/retry.ts'
import type { Trouble } from '../port.ts'
import { meaningOf, verdictOfStatus, type Fault, type Meaning, type Verdict } from './faults.ts'

export interface Asked {
  /** QuickBooks "agency/books" */
  readonly name: string
  /** "create ACME-20261105-1" */
  readonly what: string
  readonly isWrite: boolean
  readonly nowMs: number
  readonly retryAfter: string | null
}

interface Answered {
  readonly status: number
  readonly text: string
}

/** What Intuit asks for after a 429. */
const THROTTLE_MS = 60_000

const NEXT_STEPS: Readonly<Record<Verdict, string>> = {
  unauthorised: 'Connect again with tieout connect.',
  throttled: 'It is asked again later.',
  unavailable: 'Look at the subscription and the state of the company in QuickBooks.',
  unknown: 'It is asked again later.',
  'closed-period': 'The period must be opened in QuickBooks.',
  'duplicate-document': 'An entry with this number is there already: it is looked up and compared.',
  mapping: 'Run tieout mappings pull and mappings check: the company has changed, or the mapping leads to nothing.',
  invalid: 'Look at its answer in the evidence.',
}

export function faultTrouble(asked: Asked, fault: Fault, answered: Answered): Trouble {
  return toTrouble(asked, meaningOf(fault, answered.status), answered)
}

/** A status without a fault that QuickBooks would explain it by: a gateway's or a proxy's answer, mostly. */
export function statusTrouble(asked: Asked, answered: Answered): Trouble {
  const { status, text } = answered
  const isGateway = status === 403 && text.trimStart().startsWith('<')
  const verdict = isGateway ? 'unknown' : (verdictOfStatus(status) ?? 'unknown')
  return toTrouble(asked, { verdict, code: '', says: `HTTP ${status} without a reason` }, answered)
}

export function unknownAnswer(asked: Asked, what: string): Trouble {
  const message = `${asked.name} ${what} (${asked.what}). ${nextStep(asked, 'unknown')}`
  return { kind: 'unknown', answered: true, message }
}

function toTrouble(asked: Asked, { verdict, code, says }: Meaning, { text }: Answered): Trouble {
  const did = verdict === 'unknown' || verdict === 'throttled' ? 'did not finish' : 'refused'
  const reason = says === '' ? 'it gave no reason' : says.replace(/[.\s]+$/, '')
  const number = code === '' ? '' : ` (${code})`
  const message = `${asked.name} ${did} "${asked.what}": ${reason}${number}. ${nextStep(asked, verdict)}`
  switch (verdict) {
    case 'unauthorised':
    case 'unavailable':
      return { kind: verdict, message }
    case 'throttled':
      return { kind: 'throttled', scope: 'minute', untilMs: asked.nowMs + throttleMs(asked), message, sent: true }
    case 'unknown':
      return { kind: 'unknown', answered: true, message }
    case 'closed-period':
    case 'duplicate-document':
    case 'mapping':
    case 'invalid':
      return { kind: 'refused', reason: verdict, code, message, evidence: text }
  }
}

function throttleMs({ retryAfter, nowMs }: Asked): number {
  return Math.max(THROTTLE_MS, retryAfterMs(retryAfter, nowMs) ?? 0)
}

function nextStep({ isWrite }: Asked, verdict: Verdict): string {
  const isOpen = isWrite && (verdict === 'unknown' || verdict === 'throttled')
  return isOpen ? 'Whether it took effect is looked up before anything is sent again.' : NEXT_STEPS[verdict]
}
