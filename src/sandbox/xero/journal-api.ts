/**
 * Saving manual journals: PUT creates, POST also changes. With `summarizeErrors=false` every element answers for itself
 * inside a 200; otherwise one bad element refuses the whole request and nothing is saved.
 */
import { commitLater } from '../targets/late.ts'
import { guid } from './default-organisation.ts'
import { badData, validationException, type XeroAnswer } from './errors.ts'
import { changedMs, type XeroJournal, type XeroOrganisation, type XeroStatus } from './organisation.ts'
import { readJournals, readOneJournal, Unreadable, type AskedJournal } from './read-journal.ts'
import { judge, lockProblems } from './rules.ts'
import { journalView } from './view.ts'

type View = Readonly<Record<string, unknown>>

export interface SaveCall {
  readonly organisation: XeroOrganisation
  readonly method: 'PUT' | 'POST'
  readonly body: string
  /** From the path; null for the collection. */
  readonly id: string | null
  readonly summarizesErrors: boolean
  readonly isLate: boolean
  readonly nowMs: number
}

type Saved =
  | { readonly ok: true; readonly journal: XeroJournal }
  /** `isQuiet`: an edit in a locked period comes back with 200 and changes nothing. */
  | {
      readonly ok: false
      readonly messages: readonly string[]
      readonly asked: AskedJournal
      readonly isQuiet: boolean
    }

export function saveJournals(call: SaveCall): XeroAnswer {
  const asked = read(call)
  if (asked instanceof Unreadable) return badData(`JSON for post data was invalid: ${asked.message}`)
  const results = asked.map((journal) => saveOne(call, journal))
  const isRefused = results.some((result) => !result.ok && !result.isQuiet)
  if (call.summarizesErrors && isRefused) {
    return validationException(results.filter((result) => !result.ok).map((result) => elementOf(call, result)))
  }
  commit(
    call,
    results.flatMap((result) => (result.ok ? [result.journal] : [])),
  )
  return { status: 200, body: { ManualJournals: results.map((result) => elementOf(call, result)) } }
}

function read({ body, id }: SaveCall): readonly AskedJournal[] | Unreadable {
  try {
    return id === null ? readJournals(body) : [readOneJournal(body, id)]
  } catch (error) {
    if (error instanceof Unreadable) return error
    throw error
  }
}

function commit(call: SaveCall, journals: readonly XeroJournal[]): void {
  const { organisation, isLate } = call
  const save = (): void => {
    for (const journal of journals) organisation.journals.set(journal.id, journal)
  }
  if (isLate) commitLater(organisation, save)
  else save()
}

function saveOne(call: SaveCall, asked: AskedJournal): Saved {
  if (call.method === 'POST' && asked.id !== null) return changeOne(call, asked, asked.id)
  const judged = judge(call.organisation, asked, today(call))
  if (!judged.ok) return { ok: false, messages: judged.messages, asked, isQuiet: false }
  call.organisation.minted += 1
  const id = guid('journal', call.organisation.tenantId, call.organisation.minted)
  return { ok: true, journal: { ...judged.draft, id, updatedMs: call.nowMs } }
}

function changeOne(call: SaveCall, asked: AskedJournal, id: string): Saved {
  const { organisation } = call
  const refuse = (message: string, isQuiet = false): Saved => ({ ok: false, messages: [message], asked, isQuiet })
  const before = organisation.journals.get(id)
  if (before === undefined) return refuse(`Manual journal with id '${id}' does not exist`)
  const updatedMs = changedMs(before, call.nowMs)
  const locked = lockProblems(organisation, before.date)[0]
  if (locked !== undefined) return refuse(locked, true)
  const isEnd = before.status === 'VOIDED' || before.status === 'DELETED'
  if (isEnd) return refuse(`A manual journal of status ${before.status} cannot be changed`)
  const { status } = asked
  if (status !== null && status !== before.status) {
    const next = nextStatus(before.status, status)
    if (next === undefined) return refuse(`The status '${status}' cannot be applied`)
    if (next !== 'POSTED' || asked.lines === null) return { ok: true, journal: { ...before, status: next, updatedMs } }
  }
  const whole: AskedJournal = {
    ...asked,
    narration: asked.narration ?? before.narration,
    date: asked.date ?? before.date,
    status: status ?? before.status,
  }
  const judged = judge(organisation, whole, today(call))
  if (asked.lines === null) {
    const messages = judged.ok ? [] : judged.messages.filter((message) => message.includes('lock date'))
    if (messages.length > 0) return { ok: false, messages, asked, isQuiet: false }
    const { narration, date } = before
    return {
      ok: true,
      journal: { ...before, narration: whole.narration ?? narration, date: whole.date ?? date, updatedMs },
    }
  }
  if (!judged.ok) return { ok: false, messages: judged.messages, asked, isQuiet: false }
  return { ok: true, journal: { ...judged.draft, id, updatedMs } }
}

function nextStatus(from: XeroStatus, to: string): XeroStatus | undefined {
  if (from === 'DRAFT' && (to === 'POSTED' || to === 'DELETED')) return to
  return from === 'POSTED' && to === 'VOIDED' ? to : undefined
}

function elementOf({ organisation }: SaveCall, result: Saved): View {
  if (result.ok) return { ...journalView(organisation, result.journal, true), StatusAttributeString: 'OK' }
  const { asked, messages } = result
  return {
    ManualJournalID: asked.id ?? '00000000-0000-0000-0000-000000000000',
    Narration: asked.narration ?? undefined,
    StatusAttributeString: 'ERROR',
    ValidationErrors: messages.map((message) => ({ Message: message })),
  }
}

function today({ nowMs }: SaveCall): string {
  return new Date(nowMs).toISOString().slice(0, 10)
}
