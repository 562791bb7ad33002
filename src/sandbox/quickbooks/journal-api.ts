/**
 * Creating, changing and deleting journal entries. A `requestid` gives the first answer again, whatever the second body
 * says; void is answered with success and does nothing.
 */
import { jsonText } from '../http-reply.ts'
import type { Reply, SandboxRequest } from '../http-reply.ts'
import { jsonOf } from '../targets/json-text.ts'
import { commitLater, settleAllLate } from '../targets/late.ts'
import { nextId } from './company.ts'
import type { QuickbooksCompany, QuickbooksDraft, QuickbooksEntry } from './company.ts'
import { fault, faultReply, missing, type Checked } from './fault-body.ts'
import { readEntry, readObject, type EntryFields } from './read-body.ts'
import { closedFault, isClosed, problemOf } from './rules.ts'
import { entryView } from './view.ts'

const MAX_REQUEST_ID = 50

export interface JournalCall {
  readonly company: QuickbooksCompany
  readonly request: SandboxRequest
  readonly isLate: boolean
  readonly nowMs: number
}

/** What to do to the books, and what to say about it. */
interface Change {
  readonly apply: () => void
  readonly reply: Reply
}

export function postJournal(call: JournalCall): Reply {
  const { company, request, isLate, nowMs } = call
  const requestId = request.query.get('requestid')
  if (requestId !== null && requestId.length > MAX_REQUEST_ID) {
    const detail = `The requestid has ${requestId.length} characters; ${MAX_REQUEST_ID} are supported`
    return faultReply(fault('2050', detail, 'requestid'), nowMs)
  }
  const earlier = requestId === null ? undefined : company.requests.get(requestId)
  if (earlier !== undefined) {
    // Whoever asks again with the same id waits for the first request, so it takes effect now at the latest.
    if (earlier.commit !== null) settleAllLate(company)
    return earlier.reply
  }
  const change = changeOf(call)
  const reply = change.ok ? change.value.reply : faultReply(change.fault, nowMs)
  const commit = change.ok ? change.value.apply : null
  if (requestId !== null && (change.ok || company.preferences.replaysRefusals)) {
    company.requests.set(requestId, { reply, commit: isLate ? commit : null })
  }
  if (commit === null) return reply
  if (isLate) commitLater(company, commit)
  else commit()
  return reply
}

function changeOf(call: JournalCall): Checked<Change> {
  const fields = readObject(call.request.body)
  if (!fields.ok) return fields
  const operation = call.request.query.get('operation')
  if (operation === 'void') {
    const nothing = JSON.stringify({ BatchItemResponse: [], time: new Date(call.nowMs).toISOString() })
    return { ok: true, value: { apply: () => undefined, reply: jsonText(200, nothing) } }
  }
  if (operation !== null && operation !== 'delete' && operation !== 'update') {
    return { ok: false, fault: fault('500', `Operation ${operation} is not supported`) }
  }
  const read = readEntry(call.company, fields.value)
  if (!read.ok) return read
  if (operation === 'delete') return deletion(call, read.value)
  return read.value.id === null ? creation(call, read.value) : update(call, read.value)
}

function creation(call: JournalCall, fields: EntryFields): Checked<Change> {
  const { company, nowMs } = call
  const draft = draftOf(company, fields, nowMs)
  if (!draft.ok) return draft
  const problem = problemOf(company, draft.value, null, allowsDuplicate(call))
  if (problem !== null) return { ok: false, fault: problem }
  const entry: QuickbooksEntry = {
    ...draft.value,
    id: nextId(company),
    syncToken: 0,
    isDeleted: false,
    createdMs: nowMs,
    updatedMs: nowMs,
  }
  return { ok: true, value: saving(call, entry) }
}

/** A full update empties what it leaves out; a sparse one keeps it, except that `Line` always replaces every line. */
function update(call: JournalCall, fields: EntryFields): Checked<Change> {
  const { company, nowMs } = call
  const before = current(company, fields)
  if (!before.ok) return before
  const kept = fields.isSparse ? withKept(fields, before.value) : fields
  const draft = draftOf(company, kept, nowMs)
  if (!draft.ok) return draft
  if (isClosed(company, before.value.date)) return { ok: false, fault: closedFault() }
  const problem = problemOf(company, draft.value, before.value.id, allowsDuplicate(call))
  if (problem !== null) return { ok: false, fault: problem }
  const { syncToken } = before.value
  return {
    ok: true,
    value: saving(call, { ...before.value, ...draft.value, syncToken: syncToken + 1, updatedMs: nowMs }),
  }
}

function deletion({ company, nowMs }: JournalCall, fields: EntryFields): Checked<Change> {
  const before = current(company, fields)
  if (!before.ok) return before
  if (isClosed(company, before.value.date)) return { ok: false, fault: closedFault() }
  const entry = { ...before.value, isDeleted: true, updatedMs: nowMs }
  const body = { JournalEntry: { status: 'Deleted', domain: 'QBO', Id: entry.id }, time: new Date(nowMs).toISOString() }
  return {
    ok: true,
    value: { apply: () => void company.entries.set(entry.id, entry), reply: jsonText(200, JSON.stringify(body)) },
  }
}

function saving({ company, nowMs }: JournalCall, entry: QuickbooksEntry): Change {
  return {
    apply: () => void company.entries.set(entry.id, entry),
    reply: journalReply(company, entry, nowMs),
  }
}

export function journalReply(company: QuickbooksCompany, entry: QuickbooksEntry, nowMs: number): Reply {
  return jsonText(200, jsonOf({ JournalEntry: entryView(company, entry), time: new Date(nowMs).toISOString() }, 1))
}

function current(company: QuickbooksCompany, { id, syncToken }: EntryFields): Checked<QuickbooksEntry> {
  if (id === null) return missing('Id')
  if (syncToken === null) return missing('SyncToken')
  const entry = company.entries.get(id)
  if (entry === undefined || entry.isDeleted) {
    return { ok: false, fault: fault('610', `Object Not Found : The object with id ${id} was not found`) }
  }
  const stale =
    'Stale Object Error : You and somebody else were working on this at the same time. They finished before you did, so your work was not saved.'
  return syncToken === String(entry.syncToken) ? { ok: true, value: entry } : { ok: false, fault: fault('5010', stale) }
}

function draftOf(company: QuickbooksCompany, fields: EntryFields, nowMs: number): Checked<QuickbooksDraft> {
  if (fields.lines === undefined) return missing('Line')
  if (fields.currency === undefined && company.multiCurrency) return missing('CurrencyRef')
  return {
    ok: true,
    value: {
      document: fields.document ?? null,
      date: fields.date ?? new Date(nowMs).toISOString().slice(0, 10),
      memo: fields.memo ?? null,
      currency: fields.currency ?? company.homeCurrency,
      exchangeRate: fields.exchangeRate ?? '1',
      adjustment: fields.adjustment ?? false,
      lines: fields.lines,
    },
  }
}

function withKept(fields: EntryFields, before: QuickbooksEntry): EntryFields {
  return {
    ...fields,
    document: fields.document === undefined ? before.document : fields.document,
    date: fields.date ?? before.date,
    memo: fields.memo === undefined ? before.memo : fields.memo,
    currency: fields.currency ?? before.currency,
    exchangeRate: fields.exchangeRate ?? before.exchangeRate,
    adjustment: fields.adjustment ?? before.adjustment,
    lines: fields.lines ?? before.lines,
  }
}

function allowsDuplicate({ request }: JournalCall): boolean {
  return (request.query.get('include') ?? '').split(',').includes('allowduplicatedocnum')
}
